"""What a caller can ask of a renderer."""

from __future__ import annotations

from dataclasses import dataclass

THEMES = ("auto", "light", "dark", "paper", "colorblind", "colorblind-light", "colorblind-dark")
COLOR_BY = ("kind", "device", "dtype")
DIRECTIONS = ("TB", "LR")
ENGINES = ("native", "dot")


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a graph looks.

    Attributes:
        theme: one of `THEMES`; `auto` and `colorblind` follow the reader's system (PNG and PDF: light).
        colours: names of `theme.NAMES`, each with a colour in place of that of the theme; those that begin with
            `dark.` are for readers whose system is dark.
        color_by: what the colour of a node means.
        direction: of the data flow, top to bottom or left to right.
        engine: who places the nodes.
        scale: pixels of a PNG for each unit of the scene.
        source_url: template with `{file}` and `{line}` that each node links to; empty for none.
        title: what the picture is called by programs that read it aloud; empty for the name of the model.
        description: what it shows, for those who do not see it; empty for a sentence of ours.
        most_bytes: beyond which an SVG does not fit where it is to be shown; 0 for no limit.
        links: full names of classes and operations, each with the URL it is documented at; used before `source_url`.
    """

    theme: str = "auto"
    color_by: str = "kind"
    direction: str = "TB"
    engine: str = "native"
    scale: float = 2.0
    source_url: str = ""
    title: str = ""
    description: str = ""
    most_bytes: int = 0
    links: tuple[tuple[str, str], ...] = ()
    colours: tuple[tuple[str, str], ...] = ()
