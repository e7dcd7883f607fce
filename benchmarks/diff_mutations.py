"""How well a comparison finds tagged edits: which module is which, and whether one edit gives one right line."""

from __future__ import annotations

import argparse
import copy
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import nn

from benchmarks import common
from benchmarks.diff_edits import KINDS, TAG, Editor, tag
from benchmarks.diff_models import bases, from_corpus
from graphviz_torch.diff.compare import compare
from graphviz_torch.diff.numbers import Numbers
from graphviz_torch.diff.result import Comparison
from graphviz_torch.diff.tree import Tree, grow
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.modules import module_tree
from graphviz_torch.trace.source import Sources
from graphviz_torch.trace.statics import Statics

SEED = 90210


@dataclass
class Score:
    """What was found over many cases."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    cases: int = 0
    matched: int = 0
    explained: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=12, help="of each kind and base model")
    parser.add_argument("--corpus", help="a folder of further models, with registry.py")
    parser.add_argument("--each", type=int, default=2, help="models of each family of the corpus")
    parser.add_argument("--kind", help="one kind only")
    parser.add_argument("--show", type=int, default=0, help="prints so many failures of each kind")
    options = parser.parse_args()
    models = list(bases()) + (list(from_corpus(options.corpus, options.each)) if options.corpus else [])
    kinds = [options.kind] if options.kind else [*KINDS, "three edits", "six edits"]
    scores = {kind: Score() for kind in kinds}
    state = random.Random(SEED)
    for name, base in models:
        tag(base)
        for kind in kinds:
            for _ in range(options.cases):
                _case(name, base, kind, state, scores[kind])
    for kind, score in scores.items():
        for failure in score.failures[: options.show]:
            print(kind, failure)
    if not options.kind:
        _report(scores, [name for name, _ in models])


def _case(name: str, base: nn.Module, kind: str, state: random.Random, score: Score) -> None:
    count = {"three edits": 3, "six edits": 6}.get(kind, 1)
    made = [kind] if count == 1 else [state.choice(list(KINDS)) for _ in range(count)]
    edited = copy.deepcopy(base)
    editor = Editor(state)
    if not all(editor.make(one, edited) for one in made):
        return
    old, new = static(base), static(edited)
    found = compare(old, new)
    missed, wrong, right = _pairs(base, edited, old, new, found)
    score.cases += 1
    score.right += right
    score.wrong += wrong
    score.missed += missed
    score.matched += not missed and not wrong
    told = [change.kind for change in found.changes]
    explained = count > 1 or told in ([KINDS[kind]], [] if old.modules == new.modules else [KINDS[kind]])
    explained = explained or (kind == "reorder" and not told and same_row(old, new))
    score.explained += explained and not missed and not wrong
    if missed or wrong or not explained:
        lines = [
            f"{c.kind} {c.count} {c.places[0].old_path} -> {c.places[0].new_path} {c.op} {c.before} | {c.after}"
            for c in found.changes
        ]
        score.failures.append(f"{name} {made}: missed {missed} wrong {wrong}\n    " + "\n    ".join(lines))


def same_row(old: Graph, new: Graph) -> bool:
    """Whether two graphs have the same modules, so that swapping two made no difference."""
    return [(module.path, module.type, module.arguments) for module in old.modules] == [
        (module.path, module.type, module.arguments) for module in new.modules
    ]


def static(model: nn.Module) -> Graph:
    """The modules of a model, as a graph without operations."""
    return Graph(type(model).__name__, modules=module_tree(Statics(model), Sources()))


def _pairs(base: nn.Module, edited: nn.Module, old: Graph, new: Graph, found: Comparison) -> tuple[int, int, int]:
    """Missed, wrong and right pairs; of modules that nobody can tell apart any may be taken."""
    numbers = Numbers()
    here, there = grow(old, numbers), grow(new, numbers)
    places = {getattr(module, TAG): path for path, module in edited.named_modules()}
    right = Counter(
        (_look(here, path), _look(there, places[getattr(module, TAG)]))
        for path, module in base.named_modules()
        if getattr(module, TAG) in places
    )
    told = Counter((_look(here, pair.old_path), _look(there, pair.new_path)) for pair in found.mapping)
    both = sum((right & told).values())
    return sum(right.values()) - both, sum(told.values()) - both, both


def _look(tree: Tree, path: str) -> tuple[int, str]:
    return tree.branches[path].full, re.sub(r"\d+", "#", path)


def _report(scores: dict[str, Score], models: list[str]) -> None:
    singles = [scores[kind] for kind in KINDS]
    whole = Score(
        sum(score.right for score in singles), sum(score.wrong for score in singles),
        sum(score.missed for score in singles), sum(score.cases for score in singles),
        sum(score.matched for score in singles), sum(score.explained for score in singles),
    )  # fmt: skip
    rows = list(_rows({**scores, "one edit, all kinds": whole}))
    body = (
        f"Base models: {', '.join(models)}. *Matched*: every module has its right partner. *Explained*: besides, "
        "one edit gives exactly one change of the right class.\n\n"
        + common.table(["edits", "cases", "F1", "matched", "explained"], rows)
    )
    common.keep("diff_mutations", "Tagged edits, found again", body, {row[0]: row[1:] for row in rows})


def _rows(scores: dict[str, Score]) -> Iterator[list[object]]:
    for kind, score in scores.items():
        if score.cases:
            explained = f"{score.explained / score.cases:.1%}" if "edits" not in kind else ""
            yield [kind, score.cases, f"{score.f1:.4f}", f"{score.matched / score.cases:.1%}", explained]


if __name__ == "__main__":
    sys.exit(main())
