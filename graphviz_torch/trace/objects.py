"""Plain Python objects that a model holds, as they were: their attributes, states and parts.

Not put back are globals, Python's generators, large arrays, files and other objects of C, and what only these hold.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import partial
from operator import is_
from types import CellType, CodeType, FunctionType, MappingProxyType, MethodType, ModuleType, SimpleNamespace
from typing import Any

import torch

from graphviz_torch.trace.containers import parts_of, put_back
from graphviz_torch.trace.foreign import Foreign
from graphviz_torch.trace.foreign import holds as foreign_kind

# Objects of these hold no state of the user's that could change.
PASSIVE = (type, ModuleType, Enum, property, staticmethod, classmethod, BaseException)
NO_DATA = (FunctionType, *PASSIVE, MethodType, MappingProxyType)
# Whose classes are not the user's; what he keeps in these objects is their own affair.
FOREIGN = frozenset(("torch", "numpy", *sys.stdlib_module_names)) - {"__main__", "this", "test", "tests"}
# Those of them that change when they are used.
STATEFUL = (
    random.Random,
    torch.Generator,
    torch.optim.Optimizer,
    torch.optim.lr_scheduler.LRScheduler,
    torch.amp.GradScaler,
)
MOST_OBJECTS = 5000
# Of a global container that is compared.
LONGEST = 1000
MISSING = object()
Look = Callable[[Any], None]


class Objects:
    """Keeps objects for one run.

    Args:
        look: takes what is found in them.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._kinds: dict[type, bool] = {}
        self._foreign = Foreign()
        self.changed_objects = self._foreign.changed
        self._undo: list[Callable[[], None]] = []
        self._globals: list[tuple[ModuleType, set[str], dict[str, tuple[Any, Any]]]] = []

    def keep(self, value: Any) -> None:
        """Keeps one object, if it is of a kind that can be put back."""
        kind = type(value)
        if kind is FunctionType:
            self._cells(value)
        elif kind is MethodType:
            self._look(value.__self__)
        elif foreign_kind(kind):
            self._foreign.keep(value)
        elif len(self._undo) < MOST_OBJECTS and self.holds(kind):
            self._keep(value)

    def holds(self, kind: type) -> bool:
        """Whether objects of a class can be put back."""
        known = self._kinds.get(kind)
        if known is None:
            own = kind.__module__.partition(".")[0] not in FOREIGN and not issubclass(kind, PASSIVE)
            known = own or kind is SimpleNamespace or issubclass(kind, STATEFUL)
            known = known or foreign_kind(kind)
            self._kinds[kind] = known
        return known

    def classes(self, kinds: Iterable[type]) -> None:
        """Keeps the data in the user's classes, and notes the global data that their code names.

        Globals stay as the run leaves them: who looks at what happens inside a model collects it there.
        """
        for kind in kinds:
            module = sys.modules.get(kind.__module__)
            if kind.__module__.partition(".")[0] in FOREIGN or module is None or _installed(module):
                continue
            before = {name: value for name, value in vars(kind).items() if _data(name, value)}
            for value in before.values():
                self._look(value)
            self._undo.append(partial(_put_names_back, kind, before))
            names: set[str] = set()
            _name(vars(kind).values(), vars(module), names)
            self._globals.append((module, names, _said(module, names)))

    def changed_globals(self) -> list[str]:
        """Which of the globals that were noted are others now, or hold something else."""
        found: dict[str, None] = {}
        for module, names, before in self._globals:
            for name, said in _said(module, names).items():
                if name not in before or not _alike(said, before[name]):
                    found[f"{module.__name__}.{name}"] = None
        return list(found)

    def restore(self) -> None:
        """Puts everything back."""
        self._foreign.restore()
        for undo in reversed(self._undo):
            undo()

    def _keep(self, value: Any) -> None:
        if isinstance(value, random.Random):
            state = value.getstate()
            self._undo.append(lambda: value.setstate(state))
        elif isinstance(value, torch.Generator):
            drawn = value.get_state()
            self._undo.append(partial(_set_state, value, drawn))
        attributes = getattr(value, "__dict__", None)
        if type(attributes) is dict:
            before = dict(attributes)
            self._undo.append(lambda: put_back(attributes, before))
            for held in before.values():
                self._look(held)
        for name, member in _slots(type(value)):
            self._slot(value, name, member)

    def _slot(self, value: Any, name: str, member: Any) -> None:
        held = getattr(value, name, MISSING)
        self._undo.append(lambda: _put_in_slot(value, member, held))
        self._look(held)

    def _cells(self, function: FunctionType) -> None:
        for cell in function.__closure__ or ():
            held = _content(cell)
            if held is not MISSING:
                self._undo.append(lambda cell=cell, held=held: _fill(cell, held))  # type: ignore[misc]
                self._look(held)


def _set_state(generator: torch.Generator, state: torch.Tensor) -> None:
    generator.set_state(state)


def _data(name: str, value: Any) -> bool:
    if name[:2] == "__" or isinstance(value, NO_DATA):
        return False
    return not callable(value) and not hasattr(type(value), "__get__") and not isinstance(value, torch.nn.Module)


def _installed(module: ModuleType) -> bool:
    """Whether a module is part of a package that was installed: its globals are not the model's."""
    file = getattr(module, "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file


def _slots(kind: type) -> Iterator[tuple[str, Any]]:
    for base in kind.__mro__:
        names = base.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            member = base.__dict__.get(name)
            if hasattr(member, "__set__") and name not in ("__dict__", "__weakref__"):
                yield name, member


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # empty
        return MISSING


def _fill(cell: CellType, held: Any) -> None:
    if _content(cell) is not held:
        cell.cell_contents = held


def _put_in_slot(value: Any, member: Any, held: Any) -> None:
    """Past `__setattr__`, which frozen classes refuse."""
    if held is MISSING:
        try:
            member.__delete__(value)
        except AttributeError:
            return
    else:
        member.__set__(value, held)


def _put_names_back(kind: type, before: dict[str, Any]) -> None:
    for name in [name for name, value in vars(kind).items() if _data(name, value) and name not in before]:
        delattr(kind, name)
    for name, value in before.items():
        if vars(kind).get(name, MISSING) is not value:
            setattr(kind, name, value)


def _said(module: ModuleType, names: set[str]) -> dict[str, tuple[Any, Any]]:
    """The data behind some globals, with what is in it where it is a container."""
    held = {name: vars(module)[name] for name in sorted(names) if name in vars(module)}
    found = {}
    for name, value in held.items():
        if _data(name, value):
            parts = parts_of(value) if not hasattr(value, "__len__") or len(value) <= LONGEST else None
            found[name] = value, None if parts is None else _flat(parts[1])
    return found


def _flat(container: Any) -> list[Any]:
    if isinstance(container, set):
        return sorted(container, key=id)
    return [*container, *container.values()] if isinstance(container, dict) else list(container)


def _alike(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
    """Whether both are the same object with the same objects in it."""
    if one[0] is not other[0]:
        return False
    if one[1] is None or other[1] is None:
        return one[1] is other[1]
    return len(one[1]) == len(other[1]) and all(map(is_, one[1], other[1]))


def _name(functions: Iterable[Any], scope: dict[str, Any], names: set[str]) -> None:
    """Adds the global names in the code of functions, and of the functions of the same module that they name."""
    todo = [function.__code__ for function in map(_function, functions) if function is not None]
    seen = set()
    while todo:
        code = todo.pop()
        if id(code) in seen:
            continue
        seen.add(id(code))
        names.update(code.co_names)
        todo.extend(inner for inner in code.co_consts if isinstance(inner, CodeType))
        called = [scope.get(name) for name in code.co_names]
        todo.extend(f.__code__ for f in called if isinstance(f, FunctionType) and f.__globals__ is scope)


def _function(value: Any) -> FunctionType | None:
    if type(value) is FunctionType:
        return value
    value = getattr(value, "__func__", getattr(value, "fget", value))
    return value if isinstance(value, FunctionType) else None
