"""The colours of the time that things take, added to the style sheet where a picture shows it."""

from __future__ import annotations

from graphviz_torch.layout.measures import STATES
from graphviz_torch.layout.scene import Scene

LIGHT = {"heat1": "#fff7e0", "heat2": "#ffe6b0", "heat3": "#ffc98a", "heat4": "#ffa07a", "heatline": "#c9752f"}
DARK = {"heat1": "#2c2616", "heat2": "#453316", "heat3": "#65391a", "heat4": "#8c3b20", "heatline": "#d98a4a"}


def shows_heat(picture: Scene) -> bool:
    """Whether a picture says what takes the time."""
    return any(swatch.colour in STATES for swatch in picture.legend)


def rules() -> str:
    """What is added to the style sheet."""
    return "".join(map(_state, STATES))


def _state(state: str) -> str:
    # What is less important on a card is to be read on the strongest tint too.
    words = f".{state}>.s{{fill:var(--ink)}}.{state}>.bad{{fill:var(--bad)}}.{state}>.warn{{fill:var(--warn)}}"
    return f".{state}>.n{{fill:var(--{state});stroke:var(--heatline)}}{words}rect.{state}{{fill:var(--{state})}}"
