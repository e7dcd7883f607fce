"""G004: gradients that vanish or explode along the depth, from the norms that a backward pass gave.

Weights alone are compared, in the order in which the run read them: the bias before a norm has a gradient of rounding
errors. A gradient that is exactly zero is not small but none: layers that begin at zero hand on none by design.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from graphviz_torch.check.describe import built
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.rule import Rule
from graphviz_torch.ir.graph import Module
from graphviz_torch.trace.probes.records import Gradient

VANISHED = 1e-8  # of the largest: below is nothing that single precision could add to it
EXPLODED = 1e6
FEWEST = 3  # weights: fewer have no depth
RISING = 0.6  # share of the steps that go the same way
MOST_STEPS = 6
WHY = {
    "vanishes": "a step that suits the last layer does not move the first one: it stays as it was initialised",
    "explodes": "a step that suits the last layer throws the first one far away",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """A weight with its gradient."""

    gradient: Gradient
    norm: float
    shape: tuple[int, ...]


def along_the_depth(evidence: Evidence) -> Iterator[Finding]:
    """The first layer, where its gradient is out of all proportion; gradients that are no numbers."""
    broken = [gradient for gradient in evidence.backward.gradients if not gradient.finite]
    if broken:
        if evidence.run.finite:  # else the gradients are what comes of it
            yield _not_finite(evidence, broken)
        return
    layers = _layers(evidence)
    if len(layers) < FEWEST:
        return
    first = layers[0].norm
    largest, last = max(layer.norm for layer in layers), layers[-1].norm
    if first < VANISHED * largest and _steady(layers, 1):
        yield _finding(evidence, layers, "vanishes", largest / first)
    elif first > EXPLODED * last and _steady(layers, -1):
        yield _finding(evidence, layers, "explodes", first / last)


def _layers(evidence: Evidence) -> list[Layer]:
    """The weights with a gradient, in the order in which they were read."""
    known = {gradient.name: gradient for gradient in evidence.backward.gradients}
    found = []
    for node in evidence.graph.nodes:
        gradient = known.get(node.name) if node.kind == "parameter" else None
        shape = evidence.index.values[node.results[0]].meta.shape if gradient is not None else None
        if gradient is not None and gradient.norm and shape is not None and len(shape) > 1:
            found.append(Layer(gradient, gradient.norm, shape))
    return found


def _steady(layers: list[Layer], sign: int) -> bool:
    """Whether the norms go one way from layer to layer, rather than fall at one place."""
    steps = [sign * (math.log(after.norm) - math.log(before.norm)) for before, after in pairwise(layers)]
    return sum(step > 0 for step in steps) >= RISING * len(steps)


def _finding(evidence: Evidence, layers: list[Layer], verb: str, factor: float) -> Finding:
    first = layers[0].gradient.name
    path, module = _owner(evidence, first)
    end = layers[-1].gradient.name
    exponent = round(math.log10(factor))
    how = f"10^{exponent} times smaller" if verb == "vanishes" else f"10^{exponent} times larger"
    than = "the largest" if verb == "vanishes" else f"that of `{end}`"
    return Finding(
        "G004",
        "warning",
        f"the gradient {verb} on the way to `{path or first}`: it is {how} than {than}",
        module=path,
        type=built(module) if module is not None else "",
        source=evidence.place(path) or evidence.place(first),
        dataflow=tuple(_step(evidence, layer) for layer in _chosen(layers)),
        notes=(WHY[verb], f"backward began at {evidence.backward.loss}"),
    )


def _not_finite(evidence: Evidence, broken: list[Gradient]) -> Finding:
    """Backward goes from the last layer to the first: what is broken last in the order of the run broke first."""
    order = {node.name: place for place, node in enumerate(evidence.graph.nodes) if node.kind == "parameter"}
    latest = max(broken, key=lambda gradient: order.get(gradient.name, -1))
    path, module = _owner(evidence, latest.name)
    total = len(evidence.backward.gradients)
    return Finding(
        "G004",
        "warning",
        f"the gradient of `{latest.name}` is NaN or Inf",
        module=path,
        type=built(module) if module is not None else "",
        source=evidence.place(path) or evidence.place(latest.name),
        notes=(
            f"{len(broken)} of {total} parameters have such a gradient; this one is the first on the way back",
            f"backward began at {evidence.backward.loss}",
        ),
    )


def _owner(evidence: Evidence, name: str) -> tuple[str, Module | None]:
    path = name.rpartition(".")[0]
    while path and path not in evidence.index.modules:
        path = path.rpartition(".")[0]
    return path, evidence.index.modules.get(path)


def _chosen(layers: list[Layer]) -> list[Layer]:
    """Some of the layers, evenly, with both ends."""
    if len(layers) <= MOST_STEPS:
        return layers
    return [layers[round(place * (len(layers) - 1) / (MOST_STEPS - 1))] for place in range(MOST_STEPS)]


def _step(evidence: Evidence, layer: Layer) -> Step:
    shape = "×".join(map(str, layer.shape))
    place = evidence.place(layer.gradient.name.rpartition(".")[0])
    return Step(layer.gradient.name, shape, place, f"gradient {layer.norm:.1e}, weight {layer.gradient.weight:.1e}")


RULES = (
    Rule(
        "G004",
        "gradients vanish or explode along the depth",
        "warning",
        along_the_depth,
        needs=frozenset(("backward",)),
    ),
)
