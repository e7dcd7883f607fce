"""How many elements the parameters of a module and of all below it have, shared ones counted once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import prod

from graphviz_torch.ir.graph import Module


def elements_below(modules: Collection[Module], paths: Collection[str]) -> dict[str, int]:
    """Elements of all parameters at or below each of `paths`."""
    wanted = set(paths)
    seen: dict[str, dict[str, int]] = {path: {} for path in wanted}
    for module in modules:
        sizes = {
            tensor.alias_of or f"{module.path}.{tensor.name}": prod(tensor.meta.shape or ())
            for tensor in module.parameters
        }
        if sizes:
            for path in (module.path, *module.aliases):
                for outer in _outwards(path):
                    if outer in wanted:
                        seen[outer].update(sizes)
    return {path: sum(sizes.values()) for path, sizes in seen.items()}


def _outwards(path: str) -> Iterator[str]:
    """The path itself, then those of the modules around it, up to the root."""
    while path:
        yield path
        path = path.rpartition(".")[0]
    yield ""
