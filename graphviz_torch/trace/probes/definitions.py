"""Where the user's code makes the attributes of modules: found in the source, as nothing of it is left at run time."""

from __future__ import annotations

import ast
import difflib
import inspect
import linecache
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from types import CodeType
from typing import Any

from torch import nn

from graphviz_torch.ir.graph import SourceLocation
from graphviz_torch.trace.probes.compiled import any_code, assigns, reads
from graphviz_torch.trace.probes.files import File
from graphviz_torch.trace.probes.records import Forward
from graphviz_torch.trace.probes.syntax import WALKS, References, assignments, inside, references, returns
from graphviz_torch.trace.runtime.places import is_user_file
from graphviz_torch.trace.source import Sources, characters

LISTS = (nn.ModuleList, nn.ParameterList)


@dataclass(frozen=True, slots=True)
class _Made:
    """An expression in a class, and where that is."""

    node: ast.expr
    file: str
    function: str


class Definitions:
    """Looks things up in the source of the classes of one model."""

    def __init__(self, model: nn.Module, sources: Sources) -> None:
        self._model = model
        self._sources = sources
        self._trees: dict[str, File] = {}
        self._classes: dict[type, dict[str, _Made]] = {}
        self._bodies: dict[type, References] = {}
        self._named_by_others: dict[str, bool] = {}

    def place(self, path: str) -> SourceLocation | None:
        """Where the user's code makes the module, parameter, buffer or other attribute with a path.

        Of what is made in a loop or by a function it is the line that says so; `None` where the source does not tell.
        """
        module: Any = self._model
        found: _Made | None = None
        names = path.split(".") if path else []
        for place, name in enumerate(names):
            rest = ".".join(names[place:])
            if isinstance(module, nn.Module) and rest != name and (made := self._attribute(type(module), rest)):
                return self._location(made)  # `self.decoder.weight = self.embedding.weight`
            made = self._attribute(type(module), name.partition("[")[0]) if isinstance(module, nn.Module) else None
            if made is not None:
                found = made
            elif found is not None:
                found = _Made(inside(found.node, name), found.file, found.function)
            module = getattr(module, name, None)
        return None if found is None else self._location(found)

    def forward(self, module: nn.Module) -> Forward:
        """The `forward` of a module."""
        method = inspect.getattr_static(type(module), "forward", None)
        if method is nn.Module.forward:
            return self._without(module)
        code = getattr(method, "__code__", None)
        if not isinstance(code, CodeType):
            return Forward(None)
        node = self._file(code.co_filename).function(code)
        return Forward(self._sources.first_line(code), node is None or returns(node))

    def _without(self, module: nn.Module) -> Forward:
        """What a class without `forward` has in its place."""
        own = takewhile(lambda base: base is not nn.Module, type(module).__mro__)
        codes = {name: getattr(method, "__code__", None) for base in own for name, method in vars(base).items()}
        near = next(iter(difflib.get_close_matches("forward", [name for name, code in codes.items() if code], 1)), "")
        code = codes.get(near)
        source = self._sources.first_line(code) if isinstance(code, CodeType) else None
        return Forward(source, missing=True, near=near)

    def referenced(self, path: str) -> bool | None:
        """Whether any code of the model's classes, but for constructors, speaks of an attribute by its name.

        Of a part of a container it is the container that is asked about, of a part of a list the part itself: a loop
        over the list would have reached it. `None` where the source cannot be read.
        """
        owner, name = self._named(path)
        parent, _, place = path.rpartition(".")
        own = tuple(takewhile(lambda base: base is not nn.Module, type(owner).__mro__))
        if parent and isinstance(self._model.get_submodule(parent), LISTS):
            return any(f"{name}.{place}" in self._read(base).indexed for base in own)
        looked_up = WALKS | {"getattr"}
        if any(reads(base, name, looked_up) and self._read(base).may_read(name) for base in own) or self._foreign(name):
            return True
        return False if all(self._class(base) is not None or not _is_own(base) for base in own) else None

    def spoken_of(self, path: str) -> bool:
        """Whether any function in the files of the classes reads an attribute of that name of something."""
        name = self._named(path)[1]
        codes = (any_code(kind) for kind in self._kinds)
        files = {code.co_filename for code in codes if code is not None and is_user_file(code.co_filename)}
        return any(self._file(file).speaks_of(name) for file in files)

    def _named(self, path: str) -> tuple[nn.Module, str]:
        """The module whose code would speak of something, and under which name."""
        parent, _, name = path.rpartition(".")
        owner = self._model.get_submodule(parent)
        while parent and type(owner).__module__.startswith("torch.nn.modules.container"):
            parent, _, name = parent.rpartition(".")
            owner = self._model.get_submodule(parent)
        return owner, name

    def _read(self, kind: type) -> References:
        """What the methods of one class read; nothing where the source cannot be read."""
        if kind not in self._bodies:
            body = self._class(kind)
            self._bodies[kind] = References() if body is None else references(body)
        return self._bodies[kind]

    def _foreign(self, name: str) -> bool:
        """Whether the classes of the model read an attribute of that name of other things than themselves."""
        if name not in self._named_by_others:
            self._named_by_others[name] = any(self._names(kind, name) for kind in self._kinds)
        return self._named_by_others[name]

    def _names(self, kind: type, name: str) -> bool:
        """Whether a class reads an attribute of that name of other things than itself."""
        code = any_code(kind)
        if code is None or not is_user_file(code.co_filename) or not reads(kind, name):
            return False
        return self._file(code.co_filename).speaks_of(name) and name in self._read(kind).foreign

    @cached_property
    def _kinds(self) -> tuple[type, ...]:
        """The classes of the model's modules, and what they inherit from that is a module too, the shortest first."""
        bases = (base for module in self._model.modules() for base in type(module).__mro__)
        kinds = {base: None for base in bases if issubclass(base, nn.Module) and base is not nn.Module}
        return tuple(sorted(kinds, key=lambda kind: len(vars(kind))))

    def _attribute(self, kind: type, name: str) -> _Made | None:
        for base in kind.__mro__:
            if base is nn.Module:
                break
            if not assigns(base, name.rpartition(".")[2]):
                continue  # parsing is what costs
            if base not in self._classes:
                self._classes[base] = self._assigned(base)
            if name in self._classes[base]:
                return self._classes[base][name]
        return None

    def _assigned(self, kind: type) -> dict[str, _Made]:
        """What the methods of a class assign to `self`, the constructor before the others."""
        code, body = any_code(kind), self._class(kind)
        if code is None or body is None:
            return {}
        methods = [item for item in body.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))]
        found: dict[str, _Made] = {}
        for method in sorted(methods, key=lambda item: item.name != "__init__"):
            for name, value in assignments(method):
                found.setdefault(name, _Made(value, code.co_filename, f"{kind.__qualname__}.{method.name}"))
        return found

    def _class(self, kind: type) -> ast.ClassDef | None:
        """The source of a class of the user's."""
        code = any_code(kind)
        if code is None or not is_user_file(code.co_filename):
            return None
        return self._file(code.co_filename).class_at(kind.__qualname__, code.co_firstlineno)

    def _file(self, name: str) -> File:
        if name not in self._trees:
            self._trees[name] = File(name)
        return self._trees[name]

    def _location(self, made: _Made) -> SourceLocation:
        node = made.node
        text = linecache.getline(made.file, node.lineno)
        end = node.end_col_offset if node.end_lineno == node.lineno else len(text.rstrip().encode())
        return SourceLocation(
            self._sources.relative(made.file),
            node.lineno,
            characters(text, node.col_offset) + 1,
            characters(text, end or 0) + 1,
            made.function,
            text.strip(),
        )


def _is_own(kind: type) -> bool:
    """Whether a class is the user's, and says something of its own."""
    return not kind.__module__.startswith("torch.") and any(callable(value) for value in vars(kind).values())
