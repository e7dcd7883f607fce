"""Isotonic regression: places in a row that keep their distances and lie as near as can be to where they want."""

from __future__ import annotations

from collections.abc import Sequence


def spread(wanted: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """Least squares of `x[i] - wanted[i]` by weight, subject to `x[i + 1] - x[i] >= gaps[i]`.

    Pool adjacent violators (Ayer et al. 1955), linear in the number of places.
    """
    count = len(wanted)
    if count == 1:
        return [wanted[0]]
    if all(wanted[i + 1] - wanted[i] >= gap - 1e-9 for i, gap in enumerate(gaps)):
        return list(wanted)
    offsets = [0.0] * count
    for i in range(1, count):
        offsets[i] = offsets[i - 1] + gaps[i - 1]
    pools: list[tuple[float, float, int]] = []
    for i in range(count):
        weight = weights[i]
        total, size = (wanted[i] - offsets[i]) * weight, 1
        while pools and pools[-1][0] * weight >= total * pools[-1][1]:
            before = pools.pop()
            total, weight, size = total + before[0], weight + before[1], size + before[2]
        pools.append((total, weight, size))
    found: list[float] = []
    for total, weight, size in pools:
        mean = total / weight
        found.extend(mean + offsets[i] for i in range(len(found), len(found) + size))
    return found
