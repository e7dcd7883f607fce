"""The static tree of one side, hashed bottom-up.

`full` numbers the type, the arguments, the tensors' shapes, and the children with their names; `struct` the types and
names without sizes; `shape` the form of the tree alone. Indices of containers are in none of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from graphviz_torch.diff.numbers import Numbers
from graphviz_torch.ir.graph import Graph, Module, Tensor


@dataclass(slots=True, eq=False)
class Branch:
    """A module with its place in the tree.

    Attributes:
        name: its name in its parent.
        place: its place among the children of its parent; rank: its place in the whole tree.
        keyed: the children in an order that does not depend on when the named ones were registered.
        seat: its place among these; turn: its place in a tree that is walked in this order.
        made: it is not in the graph, but stands between modules that are.
        size: the number of modules in it, itself included.
        sizes: name and shape of its own tensors.
        type: what it is compared by: torch's own types by their full name, the user's by the name of the class.
    """

    module: Module
    name: str
    parent: Branch | None = None
    place: int = 0
    rank: int = 0
    seat: int = 0
    turn: int = 0
    made: bool = False
    children: list[Branch] = field(default_factory=list)
    keyed: list[Branch] = field(default_factory=list)
    size: int = 1
    sizes: tuple[Hashable, ...] = ()
    type: str = ""
    full: int = 0
    struct: int = 0
    shape: int = 0

    @property
    def path(self) -> str:
        """Its path."""
        return self.module.path

    @property
    def positional(self) -> bool:
        """Whether its name is an index of a container."""
        return self.name.isdigit()

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """Its own parameters and buffers."""
        module = self.module
        return module.parameters + module.buffers if module.buffers else module.parameters

    def walk(self) -> Iterator[Branch]:
        """The branch and all below it, parents first."""
        todo = [self]
        while todo:
            branch = todo.pop()
            yield branch
            todo.extend(reversed(branch.children))

    def steady(self) -> Iterator[Branch]:
        """The same in an order that does not depend on when the named ones were registered."""
        todo = [self]
        while todo:
            branch = todo.pop()
            yield branch
            todo.extend(reversed(branch.keyed))


@dataclass(slots=True)
class Tree:
    """The tree of one side.

    Attributes:
        branches: by path, in registration order.
    """

    root: Branch
    branches: dict[str, Branch]

    def nearest(self, path: str) -> Branch:
        """The module of this path, else the closest one around it."""
        while path not in self.branches:
            path = path.rpartition(".")[0]
        return self.branches[path]


def grow(graph: Graph, numbers: Numbers) -> Tree:
    """The tree of a graph; modules that are not listed but called, or stand above listed ones, are made up."""
    listed = {module.path: module for module in graph.modules}
    paths = dict.fromkeys([*listed, *(call.path for call in graph.calls)])
    root = Branch(listed.get("") or Module("", graph.name), "", made="" not in listed)
    tree = Tree(root, {"": root})
    for path in paths:
        _plant(tree, path, listed)
    for rank, branch in enumerate(root.walk()):
        branch.rank = rank
    _hash(root, numbers)
    for turn, branch in enumerate(root.steady()):
        branch.turn = turn
    return tree


def _plant(tree: Tree, path: str, listed: dict[str, Module]) -> None:
    missing = []
    while path not in tree.branches:
        missing.append(path)
        path = path.rpartition(".")[0]
    for below in reversed(missing):
        parent = tree.branches[below.rpartition(".")[0]]
        module = listed.get(below)
        name, place = below.rpartition(".")[2], len(parent.children)
        branch = Branch(module or Module(below, ""), name, parent, place, made=module is None)
        parent.children.append(branch)
        tree.branches[below] = branch


def _hash(root: Branch, numbers: Numbers) -> None:
    leaves: dict[Hashable, Branch] = {}
    for branch in reversed(list(root.walk())):
        if branch.children:
            _hash_one(branch, numbers)
            continue
        module = branch.module
        # The graph outlives the tree, so that what it holds is known by its identity.
        shown = [(tensor.name, id(tensor.meta)) for tensor in branch.tensors]
        like = leaves.setdefault((module.type, module.arguments, tuple(shown)), branch)
        if like is branch:
            _hash_one(branch, numbers)
        else:
            branch.type, branch.sizes = like.type, like.sizes
            branch.full, branch.struct, branch.shape = like.full, like.struct, like.shape


def _hash_one(branch: Branch, numbers: Numbers) -> None:
    kind = branch.type = type_key(branch.module)
    children = branch.keyed = sorted(branch.children, key=_key)
    for seat, child in enumerate(children):
        child.seat = seat
    names = ["#" if child.positional else child.name for child in children]
    branch.size = 1 + sum(child.size for child in children)
    full = tuple([(name, child.full) for name, child in zip(names, children, strict=True)])
    struct = tuple([(name, child.struct) for name, child in zip(names, children, strict=True)])
    tensors = branch.tensors
    branch.sizes = tuple([(tensor.name, tensor.meta.shape) for tensor in tensors])
    branch.full = numbers.of(("full", kind, branch.module.arguments, branch.sizes, full))
    branch.struct = numbers.of(("struct", kind, tuple([tensor.name for tensor in tensors]), struct))
    branch.shape = numbers.of(("shape", "" if children else kind, tuple([child.shape for child in children])))


def _key(child: Branch) -> tuple[bool, str]:
    return (False, "") if child.positional else (True, child.name)


def type_key(module: Module) -> str:
    """The type as far as it counts: a class of the user's may move from file to file."""
    return module.type if module.type.startswith("torch.") else module.type_name
