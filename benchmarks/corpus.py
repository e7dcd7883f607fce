"""Runs every model of an external corpus: traced, checked, true, replayed, drawn, each exception with its cause.

The corpus is a folder with `registry.py` (`FAMILIES`, `load(family)` with `.items` of name to
`factory() -> (model, args, kwargs)`, `.tags`, `.preload_all()`) and `splits.json` (name to split). Each model runs in
a process of its own, forked from one that has imported the family's library.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.corpus_processes import Record, arguments, collected
from benchmarks.corpus_report import summary
from benchmarks.corpus_steps import run_model


def main() -> None:
    options = arguments(__doc__, "benchmarks/results/corpus.jsonl")
    summary(collected(options, run_model, _line), Path(options.out).with_suffix("").name)


def _line(record: Record) -> str:
    marks = "".join(record.get(step, "·")[:1] for step in ("trace", "check", "taint", "replay", "draw", "draw_all"))
    causes = "; ".join(f"{step}: {cause}" for step, cause in record.get("errors", {}).items())
    return f"{marks}  {record['family']:<13} {record['model']:<30} {causes}"[:200]


if __name__ == "__main__":
    main()
