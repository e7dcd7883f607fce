"""What each node and frame says: its lines, colour, badges and tooltip, and how large that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, prod

from graphviz_torch.ir.graph import Diagnostic, Graph, Module, ModuleCall, Node, SourceLocation
from graphviz_torch.layout.arguments import operation_words
from graphviz_torch.layout.kinds import kind_of, module_kind
from graphviz_torch.layout.styles import (
    CARD_LEFT,
    CARD_LINE,
    CARD_RIGHT,
    CARD_ROUND,
    CARD_STEP,
    PILL_HEIGHT,
    REF_HEIGHT,
)
from graphviz_torch.layout.text_width import elide, text_width
from graphviz_torch.layout.tree import Body, Item, Tree, fold_of
from graphviz_torch.layout.words import humanised, meta_words, module_words, shape_words

TITLE_LIMIT = 240.0
LINE_LIMIT = 250.0
HEAD_LIMIT = 230.0
MOST_NAMES = 60
MARKS = {
    "numpy": "data leaves the graph: numpy",
    "item": "data leaves the graph: item",
    "bool": "data leaves the graph: bool",
    "tolist": "data leaves the graph: tolist",
    "opaque": "the tracer cannot see inside",
    "external": "data from outside the graph",
    "thread": "ran in another thread",
}


@dataclass(frozen=True, slots=True)
class Face:
    """A card's or a frame's looks.

    Attributes:
        lines: (text, style, role) from the top; for a frame its path and its type.
        right: text at the right end of a frame's title.
    """

    shape: str
    colour: str
    lines: tuple[tuple[str, str, str], ...]
    width: float
    height: float
    tooltip: str = ""
    state: str = ""
    badge: str = ""
    right: str = ""
    source: SourceLocation | None = None


@dataclass(frozen=True, slots=True)
class Looks:
    """What colours stand for."""

    color_by: str = "kind"


class Painter:
    """Gives faces to the items of one tree."""

    def __init__(self, tree: Tree, looks: Looks) -> None:
        self.tree = tree
        self.index = tree.index
        self.graph: Graph = tree.index.graph
        self.looks = looks
        self.colours: dict[str, str] = {}
        self.failed = tree.failed
        devices = {value.meta.device for value in self.graph.values if value.meta.device}
        self.many_devices = len(devices) > 1
        self._key_words: dict[str, str] = {}

    @cached_property
    def annotations(self) -> dict[str, dict[str, object]]:
        """Payload by target and key."""
        return {target: dict(found) for target, found in self.index.annotations.items()}

    @cached_property
    def diagnostics(self) -> dict[str, list[Diagnostic]]:
        """Diagnostics by target."""
        table: dict[str, list[Diagnostic]] = {}
        for diagnostic in self.graph.diagnostics:
            if diagnostic.target is not None:
                table.setdefault(diagnostic.target, []).append(diagnostic)
        return table

    @cached_property
    def modules(self) -> dict[str, Module]:
        """Module by each of its paths."""
        table = {alias: module for module in self.graph.modules for alias in module.aliases}
        return table | {module.path: module for module in self.graph.modules}

    @cached_property
    def totals(self) -> dict[str, int]:
        """Elements of all parameters at and below each module path, shared ones once."""
        table: dict[str, int] = {}
        for module in self.graph.modules:
            own = sum(
                prod(t.meta.shape or ()) if t.meta.shape is not None else 0 for t in module.parameters if not t.alias_of
            )
            path = module.path
            while True:
                table[path] = table.get(path, 0) + own
                if not path:
                    break
                path = path.rpartition(".")[0]
        return table

    def face(self, item: Item) -> Face:
        """The face of anything but a frame."""
        node = item.node
        if item.reference is not None:
            return self._reference(item.reference)
        if node is None:
            return self._placeholder(item)
        if node.kind in ("input", "output"):
            return self._pill(node, item.others)
        if node.kind in ("parameter", "buffer", "constant"):
            return self._leaf(node)
        return self._card(item, node)

    def _card(self, item: Item, node: Node) -> Face:
        title, words = self._says(item, node)
        state = "bad" if item is self.failed else "handled" if "handled" in self._notes(node.id) else ""
        lines = [(elide(title, "t", TITLE_LIMIT), "t", "")]
        if words:
            lines.append((elide(words, "s", LINE_LIMIT), "s", ""))
        lines.extend((mark, "s", "warn") for mark in self._marks(node))
        if state == "handled":
            lines.append((f"raised {self._raised(node)}, handled", "s", "warn"))
        shape = "stack" if node.kind == "module" and not self._is_single(node) else "card"
        badge = self._badge(item, node)
        return _card_face(
            shape, "bad" if state == "bad" else self._colour(item, node), tuple(lines), self._tooltip(item, node),
            state, badge, node.source,
        )  # fmt: skip

    def _says(self, item: Item, node: Node) -> tuple[str, str]:
        """The two lines of a card."""
        module = None
        if node.kind == "module":
            module = self.modules.get(node.name)
            path = self._path(item, node.name)
            type_name = node.op.rpartition(".")[2] or (module.type_name if module else "")
        elif item.call is not None and item.call.kind == "module":
            module = self.modules.get(item.call.path)
            path = self._path(item, item.call.path)
            type_name = module.type_name if module else ""
        elif item.call is not None and item.call.kind in ("autograd_function", "script"):
            return item.call.name or node.name, ""
        else:
            return node.name, operation_words(node)
        title = _named(path, type_name) or node.name
        words = []
        if module is not None and (node.kind == "call" or self._is_single(node)):
            words.append(module_words(module))
        elif node.kind == "module" and (inside := self._inside(node)):
            words.append(f"{inside} operation{'s' if inside != 1 else ''}")
        if count := self._count(node, module):
            words.append(humanised(count))
        return title, " · ".join(word for word in words if word)

    def _path(self, item: Item, path: str) -> str:
        """A module path, relative to the frame it is drawn in; for a fold, of all its repeats."""
        fold = fold_of(item.fold)
        paths = fold.get("paths")
        if isinstance(paths, tuple | list) and len(paths) > 1 and fold.get("kind") != "shared":
            return relative(folded_path([str(p) for p in paths]), base_path(item.body))
        return relative(path, base_path(item.body))

    def _is_single(self, node: Node) -> bool:
        return self._inside(node) == 1

    def _inside(self, node: Node) -> int:
        payload = self._notes(node.id).get("inside")
        count = payload.get("operations") if isinstance(payload, dict) or hasattr(payload, "get") else None
        return int(count) if isinstance(count, int) else 0

    def _count(self, node: Node, module: Module | None) -> int:
        noted = self._notes(node.id).get("parameters")
        if isinstance(noted, int):
            return noted
        return self.totals.get(module.path, 0) if module is not None else 0

    def _notes(self, target: str) -> dict[str, object]:
        return self.annotations.get(target, {})

    def _marks(self, node: Node) -> list[str]:
        codes = dict.fromkeys(diagnostic.code for diagnostic in self.diagnostics.get(node.id, ()))
        return [MARKS.get(code, code) for code in codes if code in MARKS]

    def _raised(self, node: Node) -> str:
        payload = self._notes(node.id).get("handled")
        return str(payload.get("exception", "an exception")) if hasattr(payload, "get") else "an exception"  # type: ignore[union-attr]

    def _badge(self, item: Item, node: Node) -> str:
        if item.fold:
            return fold_badge(item)
        if "hook" in self._notes(node.id):
            return "hook"
        return ""

    def _colour(self, item: Item, node: Node) -> str:
        if self.looks.color_by == "kind":
            return "k-" + self.kind(item, node)
        key = self._property(node)
        if key not in self.colours:
            self.colours[key] = f"c{len(self.colours) % 8}"
        return self.colours[key]

    def kind(self, item: Item, node: Node) -> str:
        """The category of a card."""
        if any(d.code in MARKS and d.code not in ("external", "thread") for d in self.diagnostics.get(node.id, ())):
            return "data-leaves-graph"
        if node.kind == "module":
            return module_kind(node.op)
        if item.call is not None and (module := self.modules.get(item.call.path)) is not None:
            found = kind_of(module.type)
            if found != "other":
                return found
        return kind_of(node.name) if kind_of(node.name) != "other" else kind_of(node.op)

    def _property(self, node: Node) -> str:
        """The device or element type of what a node makes, else of what it reads."""
        for value_id in (*node.results, *node.operands):
            value = self.index.values.get(value_id)
            found = "" if value is None else getattr(value.meta, self.looks.color_by)
            if found:
                return str(found)
        return "unknown"

    def _tooltip(self, item: Item, node: Node) -> str:
        if node.kind == "module":
            head = f"{node.name} · {node.op}"
        elif item.call is not None:
            module = self.modules.get(item.call.path)
            type_name = module.type if module and item.call.kind == "module" else item.call.name
            head = " · ".join(word for word in (item.call.path, type_name.removeprefix("torch.nn.modules.")) if word)
        else:
            path = self.index.calls[node.module_call].path if node.module_call in self.index.calls else ""
            head = f"{node.op or node.name}" + (f" in {path}" if path else "")
        lines = [head, self._flow(node), place_words(node.source)]
        lines.extend(d.message for d in self.diagnostics.get(node.id, ()))
        return "\n".join(line for line in lines if line)

    def _flow(self, node: Node) -> str:
        """What goes in and what comes out."""
        made = [self._meta(value) for value in node.results[:4]]
        read = [self._meta(value) for value in node.operands[:4]]
        sides = [", ".join(word for word in side if word) for side in (read, made)]
        return " → ".join(side for side in sides if side)

    def _meta(self, value_id: str) -> str:
        value = self.index.values.get(value_id)
        return "" if value is None else meta_words(value.meta, device=self.many_devices)

    def _pill(self, node: Node, others: tuple[Node, ...]) -> Face:
        value = (node.results or node.operands or ("",))[0]
        name = node.name or ("output" if node.kind == "output" else "input")
        more = f" and {len(others)} more" if others else ""
        name = elide(name, "p", TITLE_LIMIT) + more
        words = self._meta(value)
        lines = ((name, "p", ""), (words, "q", "")) if words else ((name, "p", ""),)
        wide = text_width(name, "p") + (text_width(words, "q") + 7 if words else 0)
        names = "\n".join(other.name for other in others[:MOST_NAMES])
        tooltip = "\n".join(word for word in (f"{node.kind} {node.name}".strip(), names, words) if word)
        return Face("pill", "", lines, _rounded(max(wide + 36, 80)), PILL_HEIGHT, tooltip)

    def _leaf(self, node: Node) -> Face:
        value = (node.results or ("",))[0]
        name = elide(relative(node.name, base_path(self.tree.items[node.id].body)), "r", TITLE_LIMIT)
        words = self._meta(value)
        lines = [(name, "r", "")] + ([(words, "q", "")] if words else [])
        wide = text_width(name, "r") + (text_width(words, "q") + 7 if words else 0)
        marks = self._marks(node)
        tooltip = "\n".join(
            [f"{node.kind} {node.name} {words}".strip(), *(d.message for d in self.diagnostics.get(node.id, ()))]
        )
        if marks:
            lines = [(name, "t", ""), (words, "s", ""), (marks[0], "s", "warn")]
            return _card_face(
                "card", self._leaf_colour(), tuple(l for l in lines if l[0]), tooltip, "", "", node.source
            )
        return Face("ref", "", tuple(lines), ceil(wide + 24), REF_HEIGHT, tooltip, node.kind)

    def _leaf_colour(self) -> str:
        return "k-data-leaves-graph" if self.looks.color_by == "kind" else ""

    def _reference(self, node: Node) -> Face:
        item = self.tree.items[node.id]
        name = node.name
        if node.kind in ("call", "module"):
            name = self._says(item, node)[0]
        name = elide(name or node.kind, "r", 150.0)
        words = self._meta((node.results or ("",))[0])
        tooltip = f"{node.name or node.kind}, drawn once elsewhere" + (f"\n{words}" if words else "")
        return Face("ref", "", ((name, "r", ""),), ceil(text_width(name, "r") + 24), REF_HEIGHT, tooltip, "far")

    def _placeholder(self, item: Item) -> Face:
        """A card for an exception that came from between two operations."""
        failure = self.graph.failure
        path = item.call.path if item.call else ""
        module = self.modules.get(path) if item.call else None
        title = " · ".join(w for w in (relative(path, base_path(item.body)), module.type_name if module else "") if w)
        title = title or (failure.exception if failure else "stopped")
        words = module_words(module) if module and item.call else "stopped here"
        lines = ((elide(title, "t", TITLE_LIMIT), "t", ""), (elide(words, "s", LINE_LIMIT), "s", ""))
        return _card_face("card", "bad", tuple(l for l in lines if l[0]), title, "bad", "", None)

    def ghost(self, module: Module, body: Body) -> Face:
        """A module that was not reached."""
        title = _named(relative(module.path, base_path(body)), module.type_name)
        count = self.totals.get(module.path, 0)
        words = " · ".join(w for w in (module_words(module), humanised(count) if count else "") if w)
        lines = [(elide(title, "t", TITLE_LIMIT), "t", "")] + (
            [(elide(words, "s", LINE_LIMIT), "s", "")] if words else []
        )
        colour = "k-" + module_kind(module.type) if self.looks.color_by == "kind" else ""
        return _card_face("ghost", colour, tuple(lines), f"{module.path} · {module.type}\nnot reached", "", "", None)

    def head(self, body: Body) -> Face:
        """The title of a frame."""
        call = body.call
        assert call is not None
        path, type_name = self._head_words(body, call)
        badge = fold_badge(body) if body.fold else ""
        count = self.totals.get(call.path, 0) if call.kind in ("module", "inferred", "repeat") else 0
        right = humanised(count) if count else ""
        is_root = body.parent is not None and body.parent.call is None
        if count and is_root:
            right = f"{humanised(count)} parameters"
        if is_root and self.graph.failure is not None:
            right = " · ".join(w for w in (right, self._stopped()) if w)
        module = self.modules.get(call.path)
        tooltip = " · ".join(w for w in (call.path, module.type if module else call.name) if w)
        lines = ((elide(path, "h", HEAD_LIMIT), "h", ""), (elide(type_name, "c", HEAD_LIMIT), "c", ""))
        return Face("frame", "", tuple(l for l in lines if l[0]), 0, 0, tooltip, "", badge, right, call.source)

    def _head_words(self, body: Body, call: ModuleCall) -> tuple[str, str]:
        module = self.modules.get(call.path)
        type_name = module.type_name if module else ""
        if call.kind not in ("module", "inferred", "repeat"):
            return call.name, ""
        outer = body.parent if body.parent is not None else body
        paths = fold_of(body.fold).get("paths")
        if isinstance(paths, tuple | list) and len(paths) > 1 and fold_of(body.fold).get("kind") != "shared":
            return relative(folded_path([str(p) for p in paths]), base_path(outer)), type_name
        if call.kind == "repeat" and call.name:
            return call.name, ""
        path = relative(call.path, base_path(outer))
        return (path, type_name) if path else (type_name or self.graph.name, "")

    def _stopped(self) -> str:
        failure = self.graph.failure
        call = self.index.calls.get(failure.module_call or "") if failure else None
        path = call.path if call is not None else ""
        if self.failed is not None and self.failed.node is not None:
            item, node = self.failed, self.failed.node
            path = node.name if node.kind == "module" else item.call.path if item.call else path
        return f"stopped at {path}" if path else "stopped"

    def label(self, key: str) -> str:
        """What flows along the edges of one key."""
        found = self._key_words.get(key)
        if found is None:
            values = self.tree.groups.get(key, (key,))
            words = list(dict.fromkeys(self._meta(value) for value in values))
            if len(values) == 1:
                found = words[0]
            else:
                found = f"{len(values)} tensors" + (f" {words[0]}" if len(words) == 1 and words[0] else "")
            found = self._key_words[key] = elide(found, "l", 150.0)
        return found


def _card_face(
    shape: str, colour: str, lines: tuple[tuple[str, str, str], ...], tooltip: str, state: str, badge: str,
    source: SourceLocation | None,
) -> Face:  # fmt: skip
    wide = max(text_width(text, style) for text, style, _ in lines)
    if badge:
        wide = max(wide, text_width(*lines[0][:2]) + text_width(badge, "b") + 24)
    width = _rounded(max(wide + CARD_LEFT + CARD_RIGHT, 60))
    height = CARD_LINE if len(lines) == 1 else 40 + CARD_STEP * (len(lines) - 2)
    return Face(shape, colour, lines, width, height, tooltip, state, badge, "", source)


def _rounded(width: float) -> float:
    return ceil(width / CARD_ROUND) * CARD_ROUND


def _named(path: str, type_name: str) -> str:
    """`layer1 · Linear`; the type alone where the attribute is called like it."""
    if path.rpartition(".")[2] == type_name:
        return path
    return " · ".join(word for word in (path, type_name) if word)


def base_path(body: Body) -> str:
    """The module path of the nearest frame that has one."""
    walk: Body | None = body
    while walk is not None:
        if walk.call is not None and walk.call.path:
            return walk.call.path
        walk = walk.parent
    return ""


def relative(path: str, base: str) -> str:
    """A module path without that of the frame around it."""
    return path[len(base) + 1 :] if base and path.startswith(base + ".") else "" if path == base else path


def folded_path(paths: list[str]) -> str:
    """`encoder.layer.0 … 11`."""
    first, last = paths[0].split("."), paths[-1].split(".")
    same = 0
    while same < min(len(first), len(last)) - 1 and first[same] == last[same]:
        same += 1
    return f"{paths[0]} … {'.'.join(last[same:])}"


def fold_badge(folded: Item | Body) -> str:
    """`×12` for distinct modules, `↻12` for one that is called again and again."""
    fold = fold_of(folded.fold)
    return f"{'↻' if fold.get('kind') == 'shared' else '×'}{fold.get('count', '')}"


def place_words(source: SourceLocation | None) -> str:
    """`model.py:17 in MLP.forward`."""
    if source is None:
        return ""
    return f"{source.file}:{source.line}" + (f" in {source.function}" if source.function else "")


def needs_words(shape: tuple[int, ...] | None) -> str:
    """A shape in a sentence."""
    return shape_words(shape) or "unknown"
