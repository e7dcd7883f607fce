"""Writes a scene as PNG: resvg with the installed font and no other, so that every machine makes the same bytes.

Only a picture with characters that this font lacks is drawn with the fonts of the machine too.
"""

from __future__ import annotations

from graphviz_torch.errors import RenderLimitError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.scene import Scene
from graphviz_torch.render.options import RenderOptions

SIDE = 16_384
PIXELS = 40_000_000
SMALLEST_SCALE = 0.5


def render(graph: Graph, options: RenderOptions) -> bytes:
    """The picture of a graph as PNG.

    Raises:
        RenderLimitError: it is too large for a PNG even at the smallest scale.
    """
    return write(scene(graph, direction=options.direction, color_by=options.color_by), options)


def write(picture: Scene, options: RenderOptions) -> bytes:
    """The PNG of a scene; the scale is lowered where the picture would be too large."""
    scale = fitting_scale(picture, options.scale)
    import resvg_py

    from graphviz_torch.render import characters, svg
    from graphviz_torch.render.fonts import FONT, NAME
    from graphviz_torch.render.theme import fixed

    theme = fixed(options)
    text = svg.write(picture, theme, resolved=True)
    foreign = characters.foreign(picture)
    if foreign:
        characters.warn(characters.without_font(foreign), "no font on this machine has")
    found = resvg_py.svg_to_bytes(
        svg_string=text, zoom=scale, skip_system_fonts=not foreign, font_files=[str(FONT)], font_family=NAME,
        sans_serif_family=NAME, background=theme.colours["bg"],
    )  # fmt: skip
    return bytes(found)


def fitting_scale(picture: Scene, wanted: float) -> float:
    """The wanted scale, or the largest one that a PNG can have.

    Raises:
        RenderLimitError: that would be under SMALLEST_SCALE.
    """
    side = SIDE - 1  # the rasteriser rounds up
    largest = min(side / picture.width, side / picture.height, (PIXELS / (picture.width * picture.height)) ** 0.5)
    if largest < min(SMALLEST_SCALE, wanted):
        raise RenderLimitError(
            f"a PNG of this graph would be {picture.width:.0f} × {picture.height:.0f} at scale 1, which is too large",
            details=(f"the limit is {SIDE} pixels a side and {PIXELS // 1_000_000} megapixels",),
            hint="close modules (--depth 2), or write SVG (-f svg), which has no limit",
        )
    return float(min(wanted, largest))
