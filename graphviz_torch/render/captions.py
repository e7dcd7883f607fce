"""The words on a node or a call, for the writers of text."""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_torch.ir.graph import Json, Module, ModuleCall, Node
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.layout import changes
from graphviz_torch.layout.arguments import operation_words, single_words
from graphviz_torch.layout.changes import GLYPHS, alone, counted, retitled, state_of, word
from graphviz_torch.layout.repeats import Repeats
from graphviz_torch.layout.words import humanised, meta_words, module_words
from graphviz_torch.render.elide import one_line

LONGEST = 60
LONGEST_TOOLTIP = 300


def caption(index: GraphIndex, node: Node, repeats: Repeats) -> tuple[str, ...]:
    """Title and, where there is more to say, a second line."""
    title, more = _card(index, node)
    title += badge(index, node.id, repeats)
    lines = _changed(index, node.id, title or node.kind, more)
    return tuple(one_line(line, LONGEST) for line in lines if line)


def call_caption(index: GraphIndex, call: ModuleCall, repeats: Repeats) -> tuple[str, ...]:
    """Title of the frame around a call."""
    if call.kind == "repeat":
        return (fold_badge(index, call.id).strip() or "repeat",)
    module = index.modules.get(call.path) if call.kind == "module" else None
    title = module_title(call.path, module, last_copy(index, call.id)) if call.kind == "module" else call.name
    lines = _changed(index, call.id, (title or call.kind) + badge(index, call.id, repeats), "")
    return tuple(one_line(line, LONGEST) for line in lines if line)


def _changed(index: GraphIndex, target: str, title: str, more: str) -> tuple[str, ...]:
    """The lines with the glyph of a change, and with what was and what is."""
    notes = index.annotations.get(target, {})
    if "unchanged" in notes:
        inside, payload = notes.get("inside"), notes["unchanged"]
        return ("unchanged", " · ".join(filter(None, (_count(payload, "module"), _count(inside, "operation")))))
    payload = notes.get("change")
    state = state_of(payload)
    if not state:
        return (title, more)
    return (
        f"{GLYPHS[state]} {retitled(title, payload)}",
        word(payload, "words") or more or alone(title, payload),
    )


def _count(payload: Json, what: str) -> str:
    return counted(payload.get(f"{what}s") if isinstance(payload, Mapping) else None, what)


def module_title(path: str, module: Module | None, last: str = "") -> str:
    """`head · Linear`, `h.0 … 11 · Block`: the last name of the path, and numbers keep the name before them."""
    parts = path.split(".")
    name = ".".join(parts[-2:]) if len(parts) > 1 and parts[-1].isdigit() else parts[-1]
    if last:
        name += f" … {last.rpartition('.')[2]}"
    kind = module.type_name if module else ""
    return " · ".join(part for part in (name, kind) if part)


def badge(index: GraphIndex, target: str, repeats: Repeats) -> str:
    """What `fold_badge` says, else ` ↻ 1/2` for the first of two drawn runs, or that a hook did it."""
    run = repeats.of(target)
    hook = " (hook)" if "hook" in index.annotations.get(target, {}) else ""
    return fold_badge(index, target) or (f" {run}" if run else hook)


def fold_badge(index: GraphIndex, target: str) -> str:
    """` ×12` for distinct weights, ` ↻12` for the same ones, nothing for what runs once."""
    fold = index.annotations.get(target, {}).get("fold")
    if not isinstance(fold, dict):
        return ""
    return f" {'↻' if fold.get('kind') == 'shared' else '×'}{fold.get('count')}"


def last_copy(index: GraphIndex, target: str) -> str:
    """The path of the last of the modules that one is drawn for."""
    fold = index.annotations.get(target, {}).get("fold")
    paths = fold.get("paths") if isinstance(fold, dict) and fold.get("kind") == "distinct" else None
    return str(paths[-1]) if isinstance(paths, tuple) and len(paths) > 1 else ""


def tooltip(index: GraphIndex, node: Node) -> str:
    """The id, the type, and the source line."""
    change = changes.tooltip(index.annotations.get(node.id, {}).get("change"))
    lines = [node.id, node.op, *change.split("\n")]
    if node.source is not None:
        lines.append(f"{node.source.file}:{node.source.line}  {node.source.code}".rstrip())
    lines.extend(note.message for note in index.graph.diagnostics if note.target == node.id)
    return one_line(" | ".join(line for line in lines if line), LONGEST_TOOLTIP)


def _card(index: GraphIndex, node: Node) -> tuple[str, str]:
    if node.kind == "module":
        module = index.modules.get(node.name)
        only = single_words(module, node, index.annotations.get(node.id, {}).get("inside"))
        words = [module_words(module) if module else "", only, _weights(index, node)]
        return module_title(node.name, module, last_copy(index, node.id)) or index.graph.name, " · ".join(
            word for word in words if word
        )
    if node.kind == "call":
        return " ".join(part for part in (node.name, operation_words(node)) if part), ""
    if node.kind == "output":
        return node.name or "output", meta_words(index.values[node.operands[0]].meta)
    return node.name or node.kind, meta_words(index.values[node.results[0]].meta)


def _weights(index: GraphIndex, node: Node) -> str:
    count = index.annotations.get(node.id, {}).get("parameters")
    return f"{humanised(count)} params" if isinstance(count, int) and count else ""
