"""Laws of every picture: nothing overlaps, nothing is clipped, no line crosses a title or a card."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise

from graphviz_torch.layout.scene import Box, Card, Scene, Text
from graphviz_torch.layout.styles import FONTS
from graphviz_torch.layout.text_width import text_width
from graphviz_torch.render.paths import moved

Rect = tuple[float, float, float, float]  # left, top, right, bottom


def rect_of(thing: object) -> Rect:
    return (thing.x, thing.y, thing.x + thing.width, thing.y + thing.height)  # type: ignore[attr-defined]


def text_rect(text: Text, x: float = 0.0, y: float = 0.0) -> Rect:
    width, size = text_width(text.text, text.style), FONTS[text.style].size
    left = {"start": text.x, "middle": text.x - width / 2, "end": text.x - width}[text.anchor]
    return (x + left, y + text.y - size * 0.75, x + left + width, y + text.y + size * 0.22)


def overlap(one: Rect, other: Rect, slack: float = 0.1) -> bool:
    return (
        one[0] < other[2] - slack
        and other[0] < one[2] - slack
        and one[1] < other[3] - slack
        and other[1] < one[3] - slack
    )


def inside(inner: Rect, outer: Rect, slack: float = 0.6) -> bool:
    return (
        inner[0] >= outer[0] - slack
        and inner[1] >= outer[1] - slack
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def pairs(rects: list[Rect]) -> Iterator[tuple[Rect, Rect]]:
    """Pairs that share a stretch of the vertical axis."""
    ordered = sorted(rects, key=lambda rect: rect[1])
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other[1] >= one[3]:
                break
            yield one, other


def points(path: tuple[tuple[float, ...], ...]) -> list[tuple[float, float]]:
    """A line, sampled."""
    found = [(path[0][0], path[0][1])]
    for step in path[1:]:
        x0, y0 = found[-1]
        if len(step) == 2:
            found.extend((x0 + (step[0] - x0) * t / 8, y0 + (step[1] - y0) * t / 8) for t in range(1, 9))
            continue
        x1, y1, x2, y2, x3, y3 = step
        for number in range(1, 17):
            t = number / 16
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            found.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return found


def crosses(line: list[tuple[float, float]], rect: Rect, slack: float = 0.8) -> bool:
    """Whether a sampled line passes through a rectangle."""
    left, top, right, bottom = rect[0] + slack, rect[1] + slack, rect[2] - slack, rect[3] - slack
    if left >= right or top >= bottom:
        return False
    for (x0, y0), (x1, y1) in pairwise(line):
        low, high = 0.0, 1.0
        for start, delta, least, most in ((x0, x1 - x0, left, right), (y0, y1 - y0, top, bottom)):
            if abs(delta) < 1e-9:
                if not least < start < most:
                    low, high = 1.0, 0.0
                continue
            first, last = sorted(((least - start) / delta, (most - start) / delta))
            low, high = max(low, first), min(high, last)
        if low < high:
            return True
    return False


def whole(card: Card) -> Rect:
    return rect_of(card)


def check(picture: Scene) -> None:
    """All laws at once."""
    page = (0.0, 0.0, picture.width, picture.height)
    cards = [whole(card) for card in picture.cards]
    labels = [text_rect(label.text) for label in picture.labels]
    notes = [text_rect(text) for note in picture.notes for text in note.texts]
    legend = [text_rect(swatch.text) for swatch in picture.legend]
    titles = [text_rect(text) for box in picture.boxes for text in box.texts]
    titles += [rect_of(badge) for box in picture.boxes for badge in box.badges]
    for one, other in pairs(cards + labels + notes + legend + titles):
        assert not overlap(one, other), (one, other)
    for rect in cards + labels + notes + legend + titles + [rect_of(box) for box in picture.boxes]:
        assert inside(rect, page)
    _check_boxes(picture, cards)
    _check_texts(picture)
    _check_lines(picture, cards + labels + notes + legend + titles)


def _check_boxes(picture: Scene, cards: list[Rect]) -> None:
    boxes = [rect_of(box) for box in picture.boxes]
    for one, other in pairs(boxes + cards):
        assert not overlap(one, other) or inside(one, other) or inside(other, one)


def _check_texts(picture: Scene) -> None:
    for card in picture.cards:
        for text in card.texts:
            assert inside(text_rect(text, card.x, card.y), whole(card)), text
        for badge in card.badges:
            spot = rect_of(badge._replace(x=card.x + badge.x, y=card.y + badge.y))
            assert inside(spot, whole(card))
            assert not overlap(spot, text_rect(card.texts[0], card.x, card.y))
    for box in picture.boxes:
        for text in box.texts:
            assert inside(text_rect(text), rect_of(box)), text


def _check_lines(picture: Scene, rects: list[Rect]) -> None:
    ordered = sorted(rects, key=lambda rect: rect[1])
    tallest = max((rect[3] - rect[1] for rect in rects), default=0.0)
    tops = [rect[1] for rect in ordered]
    for edge in picture.edges:
        line = points(moved(edge))
        low, high = min(y for _, y in line), max(y for _, y in line)
        for rect in ordered[bisect_left(tops, low - tallest) : bisect_right(tops, high)]:
            assert not crosses(line, rect), (edge, rect)


EMPTY = 60.0


def check_room(picture: Scene) -> None:
    """No frame has a stretch along a downward flow in which nothing stands and no line leads aside."""
    things = [rect_of(thing) for thing in (*picture.cards, *picture.boxes, *picture.notes)]
    for edge in picture.edges:
        path = moved(edge)
        for before, step in pairwise(path):
            (x0, y0), (x1, y1) = before[-2:], step[-2:]
            if len(step) == 6 or x0 != x1:
                things.append((min(x0, x1), min(y0, y1) - 0.5, max(x0, x1), max(y0, y1) + 0.5))
    things.sort(key=lambda rect: rect[1])
    for box in picture.boxes:
        assert _emptiest(box, things) < EMPTY, box


def _emptiest(box: Box, things: list[Rect]) -> float:
    """The longest stretch of a frame with nothing in it."""
    frame = rect_of(box)
    end, found = box.y, 0.0
    for rect in things:
        if rect != frame and not inside(frame, rect) and overlap(rect, frame):
            found = max(found, rect[1] - end)
            end = max(end, rect[3])
    return max(found, box.y + box.height - end)
