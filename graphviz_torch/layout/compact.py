"""Takes out empty room across the flow: what stands apart for no reason moves nearer, straight lines stay straight."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from graphviz_torch.layout.network import Network

STRAIGHT = 0.5
LEAST = 30.0  # less is not worth a change
NUDGE = 60.0  # more is a change of its own
ROUNDS = 3
MOST_BLOCKS = 300
MOST_VERTICES = 3000


def compact(net: Network, gaps: list[list[float]], x: list[float]) -> None:
    """Moves blocks, each with all that stands beyond it, nearer to what they are joined with."""
    if len(net.rank) > MOST_VERTICES:
        return
    owner = _owners(net, x)
    count = max(owner, default=0) + 1
    if not 1 < count <= MOST_BLOCKS:
        return
    blocks = _blocks(net, gaps, x, owner, count)
    moves = [0.0] * count
    for _ in range(ROUNDS):
        before = list(moves)
        for leftwards in (True, False):
            for number in blocks.by_place(leftwards=leftwards):
                blocks.pull(number, moves, leftwards=leftwards)
        for number in blocks.by_place(leftwards=True):
            blocks.nudge(number, moves)
        if moves == before:
            break
    for vertex, block in enumerate(owner):
        x[vertex] += moves[block]


@dataclass(slots=True)
class _Blocks:
    """Vertices that straight lines join move together; each list is by the number of a block.

    Attributes:
        lefts, rights: the room to each block beside it.
        bends: for each line that is not straight the block at its other end and how far to the right that end lies.
        low, high: how far a block reaches.
        even: blocks with a piece in the middle between two others, and these.
    """

    lefts: list[dict[int, float]]
    rights: list[dict[int, float]]
    bends: list[list[tuple[int, float]]]
    low: list[float]
    high: list[float]
    even: set[int]

    def by_place(self, *, leftwards: bool) -> list[int]:
        """The blocks in the order in which they are pulled."""
        if leftwards:
            return sorted(range(len(self.low)), key=lambda n: (self.low[n], n))
        return sorted(range(len(self.low)), key=lambda n: (-self.high[n], n))

    def pull(self, number: int, moves: list[float], *, leftwards: bool) -> None:
        """Moves a block and all beyond it, if that makes lines shorter or the whole narrower."""
        near = self.lefts if leftwards else self.rights
        if any(room - self._closer(number, other, moves, leftwards) < LEAST for other, room in near[number].items()):
            return
        group = self._beyond(number, leftwards=leftwards)
        room = min(
            (
                room - self._closer(member, other, moves, leftwards)
                for member in group
                for other, room in near[member].items()
                if other not in group
            ),
            default=float("inf"),
        )
        if room < LEAST or len(group) == len(self.low):
            return
        sign = 1.0 if leftwards else -1.0
        away = [
            sign * (delta + moves[other] - moves[member])
            for member in group
            for other, delta in self.bends[member]
            if other not in group
        ]
        far = _farthest(away, room)
        if far >= LEAST:
            far = self._shrunk(group, far, moves, leftwards=leftwards)
        if far >= LEAST:
            for member in group:
                moves[member] -= sign * far

    def nudge(self, number: int, moves: list[float]) -> None:
        """Moves a block a little where that leaves fewer lines with a bend."""
        if number in self.even:
            return
        apart = [delta + moves[other] - moves[number] for other, delta in self.bends[number]]
        near = [delta for delta in apart if STRAIGHT <= abs(delta) < NUDGE]
        if not near:
            return
        left = min((r - self._closer(number, o, moves, True) for o, r in self.lefts[number].items()), default=NUDGE)
        right = min((r - self._closer(number, o, moves, False) for o, r in self.rights[number].items()), default=NUDGE)
        allowed = [delta for delta in near if -left <= delta <= right]
        best = min(allowed, key=lambda delta: (_bent(apart, delta), abs(delta)), default=0.0)
        if _bent(apart, best)[0] < _bent(apart, 0.0)[0]:
            moves[number] += best

    def _closer(self, member: int, other: int, moves: list[float], leftwards: bool) -> float:
        """How much nearer two blocks are by now."""
        return moves[other] - moves[member] if leftwards else moves[member] - moves[other]

    def _beyond(self, number: int, *, leftwards: bool) -> dict[int, None]:
        """The block and all on its far side."""
        sides = self.rights if leftwards else self.lefts
        group = {number: None}
        todo = [number]
        for block in todo:
            for other in sides[block]:
                if other not in group:
                    group[other] = None
                    todo.append(other)
        return group

    def _shrunk(self, group: dict[int, None], far: float, moves: list[float], *, leftwards: bool) -> float:
        """The move, or less where it would reach out on the near side."""
        rest = [n for n in range(len(self.low)) if n not in group]
        if leftwards:
            edge = min(self.low[n] + moves[n] for n in rest)
            return min(far, max(min(self.low[n] + moves[n] for n in group) - edge, 0.0))
        edge = max(self.high[n] + moves[n] for n in rest)
        return min(far, max(edge - max(self.high[n] + moves[n] for n in group), 0.0))


def _is_even(apart: list[float]) -> bool:
    """Whether something lies in the middle between two others."""
    return len(apart) > 1 and abs(min(apart) + max(apart)) < STRAIGHT < max(apart)


def _bent(apart: list[float], by: float) -> tuple[int, float]:
    """How many lines are bent after a move, and how far their ends lie apart."""
    rest = [abs(delta - by) for delta in apart]
    return sum(delta >= STRAIGHT for delta in rest), round(sum(rest), 3)


def _farthest(away: list[float], room: float) -> float:
    """How far to move for the shortest lines; all the way where there are none."""
    if not away:
        return room if room < float("inf") else 0.0
    wanted = sorted(-delta for delta in away)
    return min(wanted[(len(wanted) - 1) // 2], room)


def _owners(net: Network, x: list[float]) -> list[int]:
    """The number of the block of each vertex."""
    owner = [-1] * len(net.rank)
    count = 0
    for start in range(len(owner)):
        if owner[start] >= 0:
            continue
        owner[start] = count
        todo = [start]
        for vertex in todo:
            for step in (*net.ups[vertex], *net.downs[vertex]):
                if owner[step.to] < 0 and abs(x[step.to] + step.shift - x[vertex]) < STRAIGHT:
                    owner[step.to] = count
                    todo.append(step.to)
        count += 1
    return owner


def _blocks(net: Network, gaps: list[list[float]], x: list[float], owner: list[int], count: int) -> _Blocks:
    """What lies beside each block, and which lines leave it."""
    found = _Blocks([{} for _ in range(count)], [{} for _ in range(count)], [[] for _ in range(count)], [], [], set())
    found.low, found.high = [float("inf")] * count, [-float("inf")] * count
    for vertex, block in enumerate(owner):
        found.low[block] = min(found.low[block], x[vertex] - net.before[vertex])
        found.high[block] = max(found.high[block], x[vertex] + net.after[vertex])
        for step in (*net.ups[vertex], *net.downs[vertex]):
            if owner[step.to] != block:
                found.bends[block].append((owner[step.to], x[step.to] + step.shift - x[vertex]))
        for near in (net.ups[vertex], net.downs[vertex]):
            if _is_even([x[step.to] + step.shift - x[vertex] for step in near]):
                found.even.update((block, *(owner[step.to] for step in near)))
    for layer, apart in zip(net.layers, gaps, strict=True):
        for (left, right), gap in zip(pairwise(layer), apart, strict=True):
            one, other = owner[left], owner[right]
            if one != other:
                room = x[right] - x[left] - gap
                found.lefts[other][one] = min(room, found.lefts[other].get(one, room))
                found.rights[one][other] = min(room, found.rights[one].get(other, room))
    return found
