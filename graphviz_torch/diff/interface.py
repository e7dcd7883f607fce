"""Inputs and outputs: which is which, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphviz_torch.diff.edits import Edit
from graphviz_torch.diff.result import Place
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.words import shape_text, type_text
from graphviz_torch.ir.graph import Node

Both = list[tuple[Node, Node]]


class Interface:
    """The inputs and outputs of both sides.

    Attributes:
        inputs, outputs: (old, new) of one and the same.
    """

    def __init__(self, old: Side, new: Side) -> None:
        self._old, self._new = old, new
        ones, others = _ends(old, "input"), _ends(new, "input")
        self.inputs = _paired(ones, others)
        self._lost_inputs, self._new_inputs = _left(self.inputs, ones, others)
        ones, others = _ends(old, "output"), _ends(new, "output")
        self.outputs = _paired(ones, others)
        self._lost_outputs, self._new_outputs = _left(self.outputs, ones, others)
        self._whole = old.graph.failure is None and new.graph.failure is None

    def edits(self) -> Iterator[tuple[Edit, str | None]]:
        """Every edit; of an input's type, with the value of the new side that it is about."""
        for number, (one, other) in enumerate(self.inputs):
            if one.name != other.name:
                yield self._renamed("input", one, other, number), None
            changed = self._type(one, other, number)
            if changed is not None:
                yield changed, other.results[0]
        for node in self._lost_inputs:
            yield self._missing("input", node, self._old, lost=True), None
        for node in self._new_inputs:
            yield self._missing("input", node, self._new, lost=False), node.results[0]
        if self._whole:
            yield from ((edit, None) for edit in self._of_outputs())

    def _of_outputs(self) -> Iterator[Edit]:
        for number, (one, other) in enumerate(self.outputs):
            if one.name != other.name:
                yield self._renamed("output", one, other, len(self._new.order) + number)
        for node in self._lost_outputs:
            yield self._missing("output", node, self._old, lost=True)
        for node in self._new_outputs:
            yield self._missing("output", node, self._new, lost=False)

    def _renamed(self, word: str, one: Node, other: Node, number: int) -> Edit:
        place = Place(one.name, other.name, (one.id,), (other.id,))
        return Edit(
            "interface", "breaking", place, word, one.name or "(unnamed)", other.name or "(unnamed)",
            f"the {word} has another name", None, (0, number),
        )  # fmt: skip

    def _type(self, one: Node, other: Node, number: int) -> Edit | None:
        before, after = (side.value(node.results[0]).meta for side, node in ((self._old, one), (self._new, other)))
        sizes = before.shape != after.shape
        kind = before.dtype != after.dtype or len(before.shape or ()) != len(after.shape or ())
        if not (sizes or kind or before.device != after.device):
            return None
        place = Place(one.name, other.name, (one.id,), (other.id,))
        why = "the model was given another type of tensor" if kind else "the model was run with other sizes"
        if not sizes and not kind:
            why = "the model was run on another device"
        differing = tuple(
            (at, size, its)
            for at, (size, its) in enumerate(zip(before.shape or (), after.shape or (), strict=False))
            if size != its
        )
        return Edit(
            "interface", "breaking" if kind else "info", place, "input",
            type_text(before, after), type_text(after, before), why, None, (0, number),
            None if kind or before.device != after.device else ("input", differing),
        )  # fmt: skip

    def _missing(self, word: str, node: Node, side: Side, *, lost: bool) -> Edit:
        value = node.results[0] if node.results else node.operands[0]
        told = f"{node.name or '(unnamed)'}: {shape_text(side.value(value).meta.shape)}"
        if word == "output":
            told = node.name or "(unnamed)"
        place = Place(node.name, None, (node.id,)) if lost else Place(None, node.name, (), (node.id,))
        why = f"the model no longer {_verb(word)} it" if lost else f"the model now {_verb(word)} it"
        return Edit(
            "interface",
            "breaking",
            place,
            word,
            told if lost else "",
            "" if lost else told,
            why,
            None,
            (0, len(self.inputs)),
        )


def _verb(word: str) -> str:
    return "takes" if word == "input" else "returns"


def _ends(side: Side, kind: str) -> list[Node]:
    return [node for node in side.graph.nodes if node.kind == kind]


def _paired(ones: Sequence[Node], others: Sequence[Node]) -> Both:
    """By name; the rest in order, where both sides have equally many left."""
    names = {node.name: node for node in others}
    both = [(node, names[node.name]) for node in ones if node.name in names]
    left, right = _left(both, ones, others)
    return both + (list(zip(left, right, strict=True)) if len(left) == len(right) else [])


def _left(both: Both, ones: Sequence[Node], others: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    taken = {node.id for node, _ in both}, {node.id for _, node in both}
    return [node for node in ones if node.id not in taken[0]], [node for node in others if node.id not in taken[1]]
