"""The titles of frames: path, type, parameters, badge."""

from __future__ import annotations

from functools import lru_cache

from graphviz_torch.ir.graph import Json, ModuleCall
from graphviz_torch.layout.changes import state_of, tooltip, word
from graphviz_torch.layout.faces import Face, Line
from graphviz_torch.layout.facts import Facts
from graphviz_torch.layout.names import fold_badge, shown_path
from graphviz_torch.layout.text_width import elide, text_width
from graphviz_torch.layout.tree import Body
from graphviz_torch.layout.words import humanised, module_words, parameter_words

LIMIT = 230.0
OF_MODULES = ("module", "inferred", "repeat")


def head(facts: Facts, body: Body, call: ModuleCall) -> Face:
    """The title of the frame of a call."""
    base = body.parent.path if body.parent is not None else ""
    path, type_name = _words(facts, call, base, body.fold)
    module = None if _unregistered(call, base) else facts.modules.get(call.path)
    what = call.op or (module.type if module is not None else call.name)
    heading = " · ".join(filter(None, (call.path, what)))
    change = facts.notes(call.id).get("change")
    type_name, said = word(change, "title") or type_name, _said(word(change, "words"))
    if not said and call.kind == "module" and module is not None:
        said = _said(module_words(module))
    return Face(
        "frame",
        "",
        _lines(path, type_name, said),
        tooltip="\n".join(filter(None, (heading, tooltip(change)))),
        state=state_of(change),
        badge=fold_badge(body.fold) or facts.repeats.of(call.id),
        right="" if _unregistered(call, base) else _right(facts, body, call),
        source=call.source,
    )


@lru_cache(maxsize=4096)
def _lines(path: str, type_name: str, said: str) -> tuple[Line, ...]:
    lines = ((elide(path, "h", LIMIT), "h", ""), (elide(type_name, "c", LIMIT), "c", ""), (said, "c", ""))
    return tuple(line for line in lines if line[0])


def _said(words: str) -> str:
    """What changed; of several things the first, where there is no room for all."""
    if not words:
        return ""
    parts = words.split(" · ")
    if len(parts) > 1 and text_width(words, "c") > LIMIT:
        words = f"{parts[0]} · {len(parts) - 1} more"
    return f"· {elide(words, 'c', LIMIT)}"


def _unregistered(call: ModuleCall, base: str) -> bool:
    """Whether a call is of a module that the model does not know: its path is that of the call around it."""
    return call.kind == "inferred" and call.path == base


def _words(facts: Facts, call: ModuleCall, base: str, fold: Json) -> tuple[str, str]:
    """Path and type."""
    if call.kind not in OF_MODULES or _unregistered(call, base):
        return call.name, ""
    module = facts.modules.get(call.path)
    type_name = module.type_name if module is not None else ""
    if call.kind == "repeat" and call.name:
        return call.name, ""
    path = shown_path(call.path, base, fold)
    return (path, type_name) if path else (type_name or facts.graph.name, "")


def _right(facts: Facts, body: Body, call: ModuleCall) -> str:
    """What stands at the right end: parameters, and for the outermost frame where the run stopped."""
    count = facts.totals.get(call.path, 0) if call.kind in OF_MODULES and call.kind != "repeat" else 0
    spent = facts.measures.time_words(call.id)
    if body.depth > 1:
        return " · ".join(filter(None, (spent, parameter_words(count))))
    words = f"{humanised(count)} parameter{'s' if count > 1 else ''}" if count else ""
    words = " · ".join(filter(None, (spent.partition(" · ")[0], words)))
    if facts.graph.failure is not None:
        words = " · ".join(word for word in (words, _stopped(facts)) if word)
    return words


def _stopped(facts: Facts) -> str:
    failure, item = facts.graph.failure, facts.tree.failed
    call = facts.index.calls.get(failure.module_call or "") if failure is not None else None
    path = call.path if call is not None else ""
    if item is not None and item.node is not None:
        path = item.node.name if item.node.kind == "module" else item.call.path if item.call is not None else path
    return f"stopped at {path}" if path else "stopped"
