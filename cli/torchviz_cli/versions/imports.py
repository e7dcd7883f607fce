"""Keeps the imports of an old version within it, also where the project is installed in editable mode."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

ENVIRONMENT = frozenset(("site-packages", "dist-packages"))


class TreeFinder(MetaPathFinder):
    """Finds a top-level module of the working tree in the tree of the revision instead.

    What only the working tree has (a module that is built or ignored) is taken from there, and told.

    Attributes:
        strays: the names of such modules.
    """

    def __init__(self, working: Path, tree: Path) -> None:
        self._working = working.resolve()
        self._tree = tree.resolve()
        self.strays: list[str] = []

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module in the tree, for one that would come from the working tree."""
        if path is not None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, None, target)
            if spec is not None:
                return self._moved(fullname, spec)
        return None

    def _moved(self, name: str, spec: ModuleSpec) -> ModuleSpec | None:
        place = _place(spec)
        if place is None or not self._is_working(place):
            return spec
        beside = self._tree / place.parent.relative_to(self._working)
        found = PathFinder.find_spec(name, [str(beside)])
        if found is None:
            self.strays.append(name)
            return spec
        if found.origin is None and found.submodule_search_locations is not None:
            # A namespace package would look for further folders of its name on `sys.path`.
            found.submodule_search_locations = [str(beside / name)]
        return found

    def _is_working(self, place: Path) -> bool:
        if place.is_relative_to(self._tree) or not place.is_relative_to(self._working):
            return False
        parts = place.relative_to(self._working).parts
        environment = Path(sys.prefix).resolve()
        inside = environment.is_relative_to(self._working) and environment != self._working
        return not ENVIRONMENT.intersection(parts) and not (inside and place.is_relative_to(environment))


def _place(spec: ModuleSpec) -> Path | None:
    """The file of a module, or the folder of a package, without following links of its own."""
    if spec.submodule_search_locations is not None:
        folders = list(spec.submodule_search_locations)
        return Path(os.path.abspath(folders[0])).resolve() if folders else None
    if spec.origin is None or not os.path.isabs(spec.origin):
        return None
    return Path(spec.origin).resolve()
