"""Where the source files that a graph names lie in the repository: graphs name them from the folder of their import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from graphviz_torch.errors import TargetError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace import targets
from torchviz_cli.versions.locate import Place
from torchviz_cli.versions.repository import discover
from torchviz_cli.versions.sides import Side

USUAL = ("src", "lib", "python")


def source_files(graph: Graph, side: Side, place: Place | None) -> dict[str, str]:
    """Each file of a graph, from the root of the repository where it is found in the working tree."""
    here = Path.cwd()
    try:
        top = place.repository.top if place is not None else discover(here).top
    except TargetError:
        top = None
    root = (top or here).resolve()
    folders = list(_folders(side, place, root, here))
    found: dict[str, str] = {}
    for name in _names(graph):
        path = next((folder / name for folder in folders if (folder / name).is_file()), None)
        if path is not None and path.resolve().is_relative_to(root):
            found[name] = path.resolve().relative_to(root).as_posix()
    return found


def _folders(side: Side, place: Place | None, root: Path, here: Path) -> Iterator[Path]:
    """The target's own folder and those around it, the current folder, the root, and the usual ones below it."""
    target = targets.parse(side.target)
    if target.is_file:
        file = root / place.path if place is not None and place.path else here / target.locator
        yield from (folder for folder in file.parents if folder.is_relative_to(root))
    yield here
    yield root
    yield from (root / name for name in USUAL)


def _names(graph: Graph) -> set[str]:
    places = [node.source for node in graph.nodes] + [module.source for module in graph.modules]
    return {place.file for place in places if place is not None}
