"""What the source of a class says: what it assigns to `self`, how its containers are built, what a function returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

REGISTERS = frozenset(("add_module", "register_module", "register_parameter", "register_buffer", "setattr"))
INITIALISE = frozenset(("__init__", "__post_init__", "reset_parameters", "init_weights", "_init_weights", "extra_repr"))
WALKS = frozenset(
    ("children", "named_children", "_modules", "_parameters", "get_submodule", "get_parameter", "__dict__")
)
BODIES = ("cases", "finalbody", "orelse", "handlers", "body")
CONTAINERS = ("Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict")


def assignments(method: ast.AST) -> list[tuple[str, ast.expr]]:
    """Names and values of `self.name = value`, `self.part.name = value`, and of the methods that register."""
    found: list[tuple[str, ast.expr]] = []
    for node in _statements(method):
        if isinstance(node, ast.Expr):
            node = node.value
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            value = node.value
            found.extend((name, value) for target in targets if (name := _own_path(target)))
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if name in REGISTERS and words:
                found.append((words[0], node))
    return found


def _statements(method: ast.AST) -> Iterator[ast.AST]:
    """All statements, without what is in their expressions."""
    todo: list[ast.AST] = [method]
    while todo:
        node = todo.pop()
        yield node
        for field in BODIES:
            todo.extend(reversed(getattr(node, field, ())))


def _own_name(target: ast.expr) -> str:
    """`name` for `self.name`; empty for anything else."""
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
        return target.attr
    return ""


def _own_path(target: ast.expr) -> str:
    """`part.name` for `self.part.name`; empty for anything else."""
    names: list[str] = []
    while isinstance(target, ast.Attribute):
        names.append(target.attr)
        target = target.value
    return ".".join(reversed(names)) if isinstance(target, ast.Name) and target.id == "self" else ""


def inside(node: ast.expr, name: str) -> ast.expr:
    """What makes one part of a container in the construction of the whole; the whole where that is not to be seen."""
    if not isinstance(node, ast.Call) or _called(node) not in CONTAINERS or not node.args:
        return node
    parts = node.args
    if len(parts) == 1 and isinstance(parts[0], ast.Call) and _called(parts[0]) in ("OrderedDict", "dict", "list"):
        parts = parts[0].args or parts
    if len(parts) == 1 and isinstance(parts[0], ast.Dict):
        return _keyed(zip(parts[0].keys, parts[0].values, strict=True), name) or node
    if len(parts) == 1 and isinstance(parts[0], (ast.List, ast.Tuple)):
        pairs = [item.elts for item in parts[0].elts if isinstance(item, ast.Tuple) and len(item.elts) == 2]
        if pairs and len(pairs) == len(parts[0].elts):
            return _keyed(pairs, name) or node
        parts = parts[0].elts
    if len(parts) == 1 and isinstance(parts[0], (ast.ListComp, ast.GeneratorExp)):
        return parts[0].elt
    if any(isinstance(part, ast.Starred) for part in parts) or not name.isdigit() or int(name) >= len(parts):
        return node
    return parts[int(name)]


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _keyed(pairs: Any, name: str) -> ast.expr | None:
    for key, value in pairs:
        if isinstance(key, ast.Constant) and key.value == name and isinstance(value, ast.expr):
            return value
    return None


def returns(function: ast.FunctionDef) -> bool:
    """Whether a function returns or yields something, the functions inside of it not counted."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            if not (isinstance(node.value, ast.Constant) and node.value.value is None):
                return True
        elif isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            todo.extend(ast.iter_child_nodes(node))
    return any(isinstance(node, ast.Raise) for node in function.body)


@dataclass(frozen=True, slots=True)
class References:
    """Which attributes the methods of a class read, the constructor and what initialises not counted.

    Attributes:
        own: of `self`; foreign: of anything else.
        indexed: `name.2` for each `self.name[2]`.
        dynamic: whether it looks its attributes up by names that are made at run time, or walks through all of them.
    """

    own: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    indexed: frozenset[str] = frozenset()
    dynamic: bool = False

    def may_read(self, name: str) -> bool:
        """Whether `self.name` is read, or may be."""
        return name in self.own or self.dynamic


def _of_torch(node: ast.expr) -> bool:
    """Whether something is torch or a part of it, by the names that everybody gives them."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in ("torch", "nn", "functional", "F")


def references(kind: ast.ClassDef) -> References:
    """What the methods of a class read."""
    own: set[str] = set()
    foreign: set[str] = set()
    indexed: set[str] = set()
    dynamic = False
    methods = [item for item in kind.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))]
    for node in (node for method in methods if method.name not in INITIALISE for node in ast.walk(method)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if name := _own_name(node):
                own.add(name)
                dynamic = dynamic or name in WALKS
            elif not _of_torch(node.value):
                foreign.add(node.attr)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and _own_name(node.value):
            indexed.add(f"{_own_name(node.value)}.{node.slice.value!r}")
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr" and len(node.args) > 1:
            word = node.args[1].value if isinstance(node.args[1], ast.Constant) else None
            own |= {word} if isinstance(word, str) else set()
            dynamic = dynamic or word is None
    return References(frozenset(own), frozenset(foreign), frozenset(indexed), dynamic)
