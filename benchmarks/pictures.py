"""Whether the pictures of saved graphs keep the laws of the layout, in several views: `GRAPH.json ...`."""

from __future__ import annotations

import sys

from graphviz_torch import api
from graphviz_torch.layout.compose import scene
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.view import view
from tests.support.laws import check, check_room

VIEWS = (ViewOptions(), ViewOptions(depth=1), ViewOptions(depth=3), ViewOptions(depth="all", fold=False))
DIRECTIONS = ("TB", "LR")


def main(paths: list[str]) -> int:
    """Says which pictures break a law; returns how many do."""
    broken = 0
    for path in paths:
        graph = api.load(path)
        for options in VIEWS:
            shown = view(graph, options)
            for direction in DIRECTIONS:
                try:
                    picture = scene(shown, direction=direction)
                    check(picture)
                    if direction == "TB":
                        check_room(picture)
                except AssertionError as error:
                    broken += 1
                    print(f"{path} depth={options.depth} {direction}: {error}")
    print(f"{len(paths)} graphs, {len(paths) * len(VIEWS) * len(DIRECTIONS)} pictures: {broken} break a law")
    return broken


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
