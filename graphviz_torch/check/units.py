"""The units of a rectifier, those of them that are zero throughout, and how many such a healthy network can have."""

from __future__ import annotations

import math
from dataclasses import dataclass

from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.provenance import Origin, origin
from graphviz_torch.ir.graph import Node

# A unit of trained weights may be on this rarely, and does well.
RARELY = 1 / 32
# That many are dead by chance in one rectifier out of ten million.
CHANCE = 1e-7
PRODUCTS = frozenset(("matmul", "rmatmul", "mm", "bmm"))


@dataclass(frozen=True, slots=True)
class Units:
    """The units of what a rectifier made.

    Attributes:
        count: how many there are; dead: those that are zero for each sample and place.
        quiet: those of the dead at most that read nothing but zeros, as a unit does that reads of a dead one alone.
        samples, places: how often each was seen.
        origin: where they were made.
    """

    count: int
    dead: int
    quiet: int
    samples: int
    places: int
    origin: Origin

    @property
    def unlikely(self) -> bool:
        """Whether more are dead than in a healthy network.

        1. Weights are drawn with either sign alike, and for each unit apart: for any one sample half of the units are
           off. Deep networks that no norm holds apart make nearly the same of all samples, and then these units are
           off for all of them; so that the number of samples alone is no evidence.
        2. Trained weights can do with few units at a time. That one which is on for one sample in 32 is off for all of
           n samples has a chance of (31/32)^n.

        Of whichever is more the dead have to be so many more that chance does not explain it: 87% of 64 units, 67% of
        512. What is written of dying ReLUs begins at 40% (too high a learning rate), over all of the data; of one
        batch that cannot be told from health.
        """
        share = max(0.5, (1 - RARELY) ** (self.samples * self.places))
        return _tail(self.count, self.dead - self.quiet, share) < CHANCE


def units(evidence: Evidence, node: Node) -> Units | None:
    """The units of a rectifier; `None` where no layer with weights made them, so that the numbers are no units."""
    value = evidence.index.values[node.results[0]]
    read, made = evidence.stats.get(node.operands[0]), evidence.stats.get(node.results[0])
    shape = value.meta.shape
    if read is None or made is None or shape is None or made is read:  # a view has what is told of all that it shows
        return None
    for axis, dead in made.silent:
        found = origin(evidence.index, value, axis)
        if shape[axis] > 1 and _weighed(evidence, found):
            quiet = min(dead, math.ceil(read.zeros * shape[axis]))
            places = math.prod(shape) // (shape[0] * shape[axis])
            return Units(shape[axis], dead, quiet, shape[0], places, found)
    return None


def _weighed(evidence: Evidence, found: Origin) -> bool:
    """Whether weights made a dimension: those of a layer, or a parameter that something was multiplied with."""
    index = evidence.index
    nodes = [index.nodes[value.producer] for value in found.chain]
    if nodes[0].kind == "parameter":
        return any(node.name in PRODUCTS for node in nodes[1:])
    read = [index.values[value] for value in nodes[0].operands[1:]]
    weight = next((value.meta.shape for value in read if index.nodes[value.producer].kind == "parameter"), None)
    if weight is None:
        return False
    inner = len(weight) - 1 if "conv" in nodes[0].name else 1  # channels stand before the places
    return found.axis == len(found.value.meta.shape or ()) - inner


def _tail(count: int, least: int, share: float) -> float:
    """The chance that of so many coins with that share of heads so many at least show them."""
    if least <= share * count:
        return 1.0
    logs = (math.log(share), math.log1p(-share))
    return math.fsum(
        math.exp(_ways(count, heads) + heads * logs[0] + (count - heads) * logs[1]) for heads in range(least, count + 1)
    )


def _ways(count: int, heads: int) -> float:
    return math.lgamma(count + 1) - math.lgamma(heads + 1) - math.lgamma(count - heads + 1)
