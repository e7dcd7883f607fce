"""The painter: gives every item of a tree its face."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from graphviz_torch.ir.graph import Module, Node
from graphviz_torch.layout.arguments import operation_words, single_words
from graphviz_torch.layout.changes import alone, counted, retitled, state_of, word
from graphviz_torch.layout.faces import Face, Line, card_face, inline_face, rounded
from graphviz_torch.layout.facts import Facts
from graphviz_torch.layout.kinds import kind_of, module_kind
from graphviz_torch.layout.names import fold_badge, named, relative, shown_path
from graphviz_torch.layout.styles import PILL_HEIGHT
from graphviz_torch.layout.text_width import elide, text_width
from graphviz_torch.layout.tree import Body, Item, Tree
from graphviz_torch.layout.words import module_words, parameter_words

TITLE_LIMIT = 280.0
LINE_LIMIT = 250.0
REF_LIMIT = 150.0
COLOURS = 8
MOST_NAMES = 8
NO_TYPES = frozenset(("inferred", "operation", "script", "autograd_function"))  # calls of what is no module


class Painter:
    """Gives faces to the items of one tree; `color_by` says what the bar of a card stands for."""

    def __init__(self, tree: Tree, color_by: str) -> None:
        self.facts = Facts(tree)
        self.graph = tree.index.graph
        self.failed = tree.failed
        self.color_by = color_by
        self.colours: dict[str, str] = {}
        # In a comparison colour says what changed, and nothing else.
        self.compares = any(mark.key in ("change", "edges") for mark in self.graph.annotations)

    def face(self, item: Item) -> Face:
        """The face of anything but a frame."""
        node = item.node
        if item.reference is not None:
            return self._reference(item.reference, item.others)
        if node is None:
            return self._placeholder(item)
        if node.kind == "output" and item.body.call is not None:
            return self._end(item, node)
        if node.kind in ("input", "output"):
            return self._pill(node, item.others)
        if node.kind in ("parameter", "buffer", "constant"):
            return self._leaf(item, node)
        return self._card(item, node)

    def ghost(self, module: Module, body: Body) -> Face:
        """A module that was not reached."""
        title = named(relative(module.path, body.path), module.type_name)
        count = self.facts.totals.get(module.path, 0)
        words = _joined(module_words(module), parameter_words(count))
        colour = "k-" + module_kind(module.type) if self.color_by == "kind" else ""
        return card_face("ghost", colour, _two_lines(title, words), f"{module.path} · {module.type}\nnot reached")

    def _card(self, item: Item, node: Node) -> Face:
        title, words = self._says(item, node)
        notes = self.facts.notes(node.id)
        if notes:
            title, words = self._changed(node, title, words)
        lines = _two_lines(title, words) + self._measured(node)
        if node.id in self.facts.messages:
            lines += tuple((mark, "s", "warn") for mark in self.facts.marks(node))
        state = "bad" if item is self.failed else ""
        if not state and (handled := notes.get("handled")) is not None:
            state = "handled"
            lines += ((elide(f"raised {_exception(handled)}, handled", "s", LINE_LIMIT), "s", "warn"),)
        if found := state_of(notes.get("change")):
            state = found
        state = state or self.facts.measures.heat(node.id)
        shape = "stack" if node.kind == "module" and self.facts.inside(node) != 1 else "card"
        colour = state if state == "bad" else "" if self.compares else self._colour(item, node)
        badge = fold_badge(item.fold) or self.facts.repeats.badge(item) or ("hook" if "hook" in notes else "")
        return card_face(shape, colour, lines, self.facts.tooltip(item, node), state, badge, node.source)

    def _measured(self, node: Node) -> tuple[Line, ...]:
        """The range of what a node gives, and the time that it takes."""
        words, odd = self.facts.measures.range_words(node)
        spent = self.facts.measures.time_words(node.id)
        return ((words, "s", "bad" if odd else ""),) * bool(words) + ((spent, "s", ""),) * bool(spent)

    def _says(self, item: Item, node: Node) -> tuple[str, str]:
        """The two lines of a card."""
        if node.kind == "module":
            path, type_name = node.name, "" if node.op in NO_TYPES else node.op.rpartition(".")[2]
        elif item.call is None:
            return node.name, operation_words(node)
        elif item.call.kind in ("autograd_function", "script"):
            return item.call.name or node.name, ""
        else:
            path, type_name = item.call.path, ""
        module = self.facts.module_of(item)
        type_name = type_name or (module.type_name if module is not None else "")
        title = named(shown_path(path, item.body.path, item.fold), type_name) or node.name
        inside = self.facts.inside(node)
        words = module_words(module) if module is not None and (node.kind == "call" or inside == 1) else ""
        if inside > 1:
            words = f"{inside} operations"
        words = _joined(words, single_words(module, node, self.facts.notes(node.id).get("inside")))
        count = self.facts.parameters(node, module)
        return title, _joined(words, parameter_words(count))

    def _changed(self, node: Node, title: str, words: str) -> tuple[str, str]:
        """The lines of a card that says what it was and what it is, or of one that stands for what is as it was."""
        notes = self.facts.notes(node.id)
        if "unchanged" in notes:
            payload = notes["unchanged"]
            modules = payload.get("modules") if isinstance(payload, Mapping) else 0
            return "unchanged", _joined(counted(modules, "module"), counted(self.facts.inside(node), "operation"))
        change = notes.get("change")
        both, says = retitled(title, change), word(change, "words") or words or alone(title, change)
        if text_width(both, "t") > TITLE_LIMIT and (types := word(change, "title")):
            return both.removesuffix(f" · {types}"), types
        return both, says

    def _colour(self, item: Item, node: Node) -> str:
        if self.color_by == "kind":
            return "k-" + self._kind(item, node)
        key = self._property(node)
        return self.colours.setdefault(key, f"c{len(self.colours) % COLOURS}")

    def _kind(self, item: Item, node: Node) -> str:
        """The category of a card."""
        if self.facts.leaves(node):
            return "data-leaves-graph"
        if node.kind == "module":
            return self._closed_kind(node)
        module = self.facts.module_of(item)
        found = "other" if module is None else kind_of(module.type)
        if found == "other":
            found = kind_of(node.name)
        return kind_of(node.op) if found == "other" else found

    def _closed_kind(self, node: Node) -> str:
        """The category of a closed module: that of its only operation, where its type has none."""
        found = module_kind(node.name if node.op in NO_TYPES else node.op)
        inside = self.facts.notes(node.id).get("inside")
        only = inside.get("operation") if isinstance(inside, Mapping) else None
        if found != "module" or not isinstance(only, str):
            return found
        return module_kind(only)

    def _property(self, node: Node) -> str:
        """The device or element type of what a node makes, else of what it reads."""
        for value_id in (*node.results, *node.operands):
            value = self.facts.index.values.get(value_id)
            found = "" if value is None else getattr(value.meta, self.color_by)
            if found:
                return str(found)
        return "unknown"

    def _pill(self, node: Node, others: tuple[Node, ...]) -> Face:
        """An input or an output, with those that are drawn with it."""
        change = self.facts.notes(node.id).get("change")
        words = word(change, "words") or self._same_meta((node, *others))
        more = f" and {len(others)} more" if others else ""
        name = elide(node.name or node.kind, "p", TITLE_LIMIT) + more
        between, _ = self.facts.measures.range_words(node)
        beside = [(text, "q", "") for text in (words, between and f"· {between}") if text]
        lines: tuple[Line, ...] = ((name, "p", ""), *beside)
        wide = text_width(name, "p") + sum(text_width(text, "q") + 7 for text, _, _ in beside)
        names = "\n".join(_some([other.name for other in others]))
        tooltip = "\n".join(word for word in (f"{node.kind} {node.name}".strip(), names, words) if word)
        return Face("pill", "", lines, rounded(max(wide + 36, 80)), PILL_HEIGHT, tooltip, state_of(change))

    def _same_meta(self, ends: tuple[Node, ...]) -> str:
        """What flows from or into each of several; empty where it is not the same."""
        found = {self.facts.meta((node.results or node.operands or ("",))[0]) for node in ends}
        return found.pop() if len(found) == 1 else ""

    def _end(self, item: Item, node: Node) -> Face:
        """The gradient of a parameter, which looks like one."""
        words = self.facts.meta(node.operands[0])
        more = f" and {len(item.others)} more" if item.others else ""
        name = elide(relative(node.name, item.body.path), "r", TITLE_LIMIT) + more
        names = "\n".join(other.name for other in item.others[:MOST_NAMES])
        tooltip = "\n".join(word for word in (f"{node.kind} {node.name}", names, words) if word)
        lines: tuple[Line, ...] = ((name, "r", ""), (words, "s", "")) if words else ((name, "r", ""),)
        return inline_face("ref", lines, 24, tooltip, state_of(self.facts.notes(node.id).get("change")) or node.kind)

    def _leaf(self, item: Item, node: Node) -> Face:
        """A parameter, buffer or constant."""
        name, words = relative(node.name, item.body.path), self.facts.meta((node.results or ("",))[0])
        messages = self.facts.messages.get(node.id, {}).values()
        tooltip = "\n".join([f"{node.kind} {node.name} {words}".strip(), *messages])
        marks = self.facts.marks(node)
        if marks:
            colour = "k-data-leaves-graph" if self.color_by == "kind" else ""
            lines = _two_lines(name or node.kind, words) + tuple((mark, "s", "warn") for mark in marks)
            return card_face("card", colour, lines, tooltip, source=node.source)
        lines = ((elide(name or node.kind, "r", TITLE_LIMIT), "r", ""),)
        return inline_face("ref", lines + (((words, "s", ""),) if words else ()), 24, tooltip, node.kind)

    def _reference(self, node: Node, others: tuple[Node, ...]) -> Face:
        """A small stand-in for a node that is far away, or for several that one reader reads."""
        name = elide(self._named(node), "r", REF_LIMIT) + (f" and {len(others)} more" if others else "")
        words = self.facts.meta((node.results or ("",))[0])
        tooltip = f"{node.name or node.kind}, drawn elsewhere" + (f"\n{words}" if words else "")
        if others:
            names = [self._named(other).partition(" · ")[0] for other in (node, *others)]
            tooltip = "\n".join(("drawn elsewhere:", *_some(names)))
        return inline_face("ref", ((name, "r", ""),), 24, tooltip, "far")

    def _named(self, node: Node) -> str:
        """What a reference calls its node."""
        if node.kind in ("call", "module"):
            return self._says(self.facts.tree.items[node.id], node)[0]
        return node.name or node.kind

    def _placeholder(self, item: Item) -> Face:
        """A card for an exception that came from between two operations."""
        path = item.call.path if item.call is not None else ""
        module = self.facts.module_of(item)
        title = named(relative(path, item.body.path), module.type_name if module is not None else "")
        words = module_words(module) if module is not None else "stopped here"
        title = title or (self.graph.failure.exception if self.graph.failure is not None else "stopped")
        return card_face("card", "bad", _two_lines(title, words), title, "bad")


@lru_cache(maxsize=4096)
def _two_lines(title: str, words: str) -> tuple[Line, ...]:
    first = (elide(title, "t", TITLE_LIMIT), "t", "")
    return (first, (elide(words, "s", LINE_LIMIT), "s", "")) if words else (first,)


def _some(names: list[str]) -> list[str]:
    """The first names, and how many more there are."""
    more = len(names) - MOST_NAMES
    return [*names[:MOST_NAMES], f"and {more} more"] if more > 1 else names


def _joined(*words: str) -> str:
    return " · ".join([word for word in words if word])


def _exception(payload: object) -> str:
    """The class name in the annotation of a handled exception."""
    return str(payload.get("exception", "an exception")) if isinstance(payload, Mapping) else "an exception"
