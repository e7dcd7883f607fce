"""What a document defines once and refers to: bars, cards of each size, in a colour, and grounds behind words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from graphviz_torch.render import svg_parts
from graphviz_torch.render.svg_ids import Ids

USED = '<use class="{colour}" href="#{shape}"/>'
USE = re.compile(USED.format(colour='([^"]*)', shape='([^"]*)'))
GROUND = re.compile(r'(<g[^>]* class="([^"]*)" transform="[^"]*">(?:<title>[^<]*</title>)?)(<rect class="n"[^>]*/>)')
# A definition of its own takes as many bytes as it saves in two or three places.
WORTH_DEFINING = 4


class Shapes:
    """Collects the shapes that the cards of one document have, and defines them."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._names: dict[svg_parts.Shape, str] = {}
        self._bars: dict[str, str] = {}

    def name(self, shape: svg_parts.Shape) -> str:
        """The id that a shape will have."""
        found = self._names.get(shape)
        if found is None:
            found = self._names[shape] = self._ids.short()
        return found

    def shared(self, body: str) -> tuple[str, str]:
        """The body with references to what is worth defining, and all definitions.

        Args:
            body: what is seen, with references to shapes by their names.
        """
        definitions = "".join(self._definitions())
        for share in (self._coloured, self._grounded):
            body, more = share(body)
            definitions += more
        return body, definitions

    def _definitions(self) -> Iterator[str]:
        """The bars and the cards of each size, once."""
        for shape in self._names:
            line = svg_parts.bar(shape)
            if shape.barred and line not in self._bars:
                self._bars[line] = self._ids.short()
                yield f'<path id="{self._bars[line]}" d="{line}"/>'
        yield from (self._definition(name, shape) for shape, name in self._names.items())

    def _definition(self, name: str, shape: svg_parts.Shape, classes: str = "") -> str:
        behind = svg_parts.sheet(shape) if shape.stacked else ""
        rect = svg_parts.rect(shape.width, shape.height, x=-shape.x, y=-shape.y)
        bar = f'<use href="#{self._bars[svg_parts.bar(shape)]}"/>' if shape.barred else ""
        return f'<g id="{name}"{classes}>{behind}{rect}{bar}</g>'

    def _coloured(self, body: str) -> tuple[str, str]:
        """The body, and definitions of shapes in a colour where that takes fewer bytes than to name both each time."""
        made = []
        shapes = {name: shape for shape, name in self._names.items()}
        for colour, shape in dict.fromkeys(USE.findall(body)):
            wanted = USED.format(colour=colour, shape=shape)
            name = self._ids.short()
            definition = self._definition(name, shapes[shape], f' class="{colour}"')
            if body.count(wanted) * len(f' class="{colour}"') > len(definition):
                made.append(definition)
                body = body.replace(wanted, f'<use href="#{name}"/>')
        return body, "".join(made)

    def _grounded(self, body: str) -> tuple[str, str]:
        """The same of what is behind the words of other cards; their look depends on the class of the card."""
        counts = Counter((classes, rect) for _, classes, rect in GROUND.findall(body))
        names = {key: self._ids.short() for key, count in counts.items() if count >= WORTH_DEFINING}
        made = [f'<g id="{name}" class="{classes}">{rect}</g>' for (classes, rect), name in names.items()]

        def shared(found: re.Match[str]) -> str:
            name = names.get((found[2], found[3]))
            return found[0] if name is None else f'{found[1]}<use href="#{name}"/>'

        return GROUND.sub(shared, body) if names else body, "".join(made)
