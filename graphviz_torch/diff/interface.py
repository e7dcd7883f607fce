"""Inputs and outputs: which is which, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphviz_torch.diff.edits import Edit
from graphviz_torch.diff.result import Place
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.words import listed, shape_text, type_text
from graphviz_torch.ir.graph import Node

Both = list[tuple[Node, Node]]
WHY = {"input": "the model takes other inputs", "output": "the model returns something else"}


class Interface:
    """The inputs and outputs of both sides.

    Attributes:
        inputs, outputs: (old, new) of one and the same.
    """

    def __init__(self, old: Side, new: Side) -> None:
        self._old, self._new = old, new
        ones, others = _nodes(old, old.graph.inputs), _nodes(new, new.graph.inputs)
        self.inputs = _paired(ones, others)
        self._lost_inputs, self._new_inputs = _left(self.inputs, ones, others)
        ones, others = _nodes(old, old.graph.outputs), _nodes(new, new.graph.outputs)
        self.outputs = _paired(ones, others)
        self._lost_outputs, self._new_outputs = _left(self.outputs, ones, others)
        self._whole = old.graph.failure is None and new.graph.failure is None

    def edits(self) -> Iterator[tuple[Edit, str | None]]:
        """Every edit; of an input's type, with the value of the new side that it is about."""
        structure = self._structure("input", self.inputs, self._lost_inputs, self._new_inputs)
        for node in self._new_inputs:
            if structure is not None:
                yield structure, node.results[0]
        if structure is not None and not self._new_inputs:
            yield structure, None
        for number, (one, other) in enumerate(self.inputs):
            changed = self._type(one, other, number)
            if changed is not None:
                yield changed, other.results[0]
        outputs = self._structure("output", self.outputs, self._lost_outputs, self._new_outputs)
        if self._whole and outputs is not None:
            yield outputs, None

    def _structure(self, word: str, both: Both, lost: list[Node], come: list[Node]) -> Edit | None:
        """One edit for all inputs, or outputs, that came, went or got another name."""
        renamed = [(one, other) for one, other in both if one.name != other.name]
        ones, others = [one for one, _ in renamed] + lost, [other for _, other in renamed] + come
        if not ones and not others:
            return None
        place = Place(
            ones[0].name if ones else None, others[0].name if others else None,
            tuple(node.id for node in ones), tuple(node.id for node in others),
        )  # fmt: skip
        before, after = self._told(self._old, ones), self._told(self._new, others)
        order = (0, 0) if word == "input" else (3, 0)
        return Edit("interface", "breaking", place, word, before, after, WHY[word], None, order)

    def _told(self, side: Side, nodes: list[Node]) -> str:
        words = []
        for node in nodes:
            shape = f" {shape_text(side.value(node.results[0]).meta.shape)}" if node.results else ""
            words.append(f"{node.name or '(unnamed)'}{shape}")
        return listed(words)

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


def _nodes(side: Side, ids: Sequence[str]) -> list[Node]:
    return [side.index.nodes[name] for name in ids]


def _paired(ones: Sequence[Node], others: Sequence[Node]) -> Both:
    """By name; the rest in order, inputs only where both sides have equally many left."""
    names = {node.name: node for node in others}
    both = [(node, names[node.name]) for node in ones if node.name in names]
    left, right = _left(both, ones, others)
    paired = len(left) == len(right) or any(node.kind == "output" for node in left)
    return both + (list(zip(left, right, strict=False)) if paired else [])


def _left(both: Both, ones: Sequence[Node], others: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    taken = {node.id for node, _ in both}, {node.id for _, node in both}
    return [node for node in ones if node.id not in taken[0]], [node for node in others if node.id not in taken[1]]
