"""Whether the objects of a process are as they were before somebody else's code ran: each of them, whoever owns it.

What a file does to anything that it did not make itself, such as a method that it replaces, a hook for all modules or
an entry in a registry of a library, shows in what some object of before refers to.
"""

from __future__ import annotations

import gc
import linecache
import operator
import re
import struct
import sys
import types
import weakref
from collections.abc import Sequence
from itertools import compress, repeat

# They refer to the same objects for as long as they live.
FIXED = frozenset(
    (
        tuple, frozenset, weakref.ref, types.GenericAlias, types.UnionType, types.BuiltinFunctionType,
        types.GetSetDescriptorType, types.MemberDescriptorType, types.MethodDescriptorType, types.WrapperDescriptorType,
    )
)  # fmt: skip
# What only saves work, by the name of its type: of `functools.lru_cache`, and which classes an abstract one has met.
# Whether a class was registered with one of the latter is told by `abc.get_cache_token`.
SAVING = frozenset(("_lru_cache_wrapper", "_lru_list_elem", "_abc_data"))


def objects() -> list[object]:
    """All objects of this process whose changes make a difference."""
    changing = [thing for thing in gc.get_objects() if type(thing) not in FIXED]
    left_out = _saving(changing)
    found = [thing for thing in changing if id(thing) not in left_out]
    # A dictionary that refers to nothing, or to text and numbers alone, is not among those that the collector knows.
    referents = gc.get_referents(*found)
    referred = compress(referents, map(operator.is_, map(type, referents), repeat(dict)))
    plain = {id(thing): thing for thing in referred if not gc.is_tracked(thing)}
    return found + [thing for key, thing in plain.items() if key not in left_out]


class Heap:
    """What objects refer to.

    Args:
        watched: what `objects` returned, in this process or in the one that it parted from.
    """

    def __init__(self, watched: Sequence[object]) -> None:
        self._watched = watched
        self._before = gc.get_referents(*watched)

    def is_same(self) -> bool:
        """Whether each of them refers to the same objects as before."""
        now = gc.get_referents(*self._watched)
        return len(now) == len(self._before) and all(map(operator.is_, now, self._before))


def _saving(objects: Sequence[object]) -> set[int]:
    """The identities of what may change and makes no difference: what is only kept so as not to be made again."""
    kept = (re._cache, linecache.cache, sys.path_importer_cache, sys.modules)  # type: ignore[attr-defined]
    found = {id(thing) for thing in kept}
    # A package of ours knows those of its modules that were loaded.
    found.update(id(vars(sys.modules[name])) for name in sys.modules if is_ours(name))
    saving = {kind for kind in set(map(type, objects)) if kind.__name__ in SAVING}
    for thing in objects:
        if type(thing) in saving:
            found.add(id(thing))
            found.update(id(part) for part in gc.get_referents(thing) if type(part) in (dict, set))
    found.update(id(thing) for thing in objects if type(thing) is dict and _is_of_interpreter(thing))
    return found


def is_ours(module: str) -> bool:
    """Whether a module of this name belongs to this program."""
    return module.partition(".")[0] in ("graphviz_torch", "torchviz_cli")


def _is_of_interpreter(thing: dict[object, object]) -> bool:
    """Whether it is what a class knows its subclasses by, or the formats that `struct` has read."""
    key, value = next(iter(thing.items()), (None, None))
    return type(value) is struct.Struct or (type(key) is int and type(value) is weakref.ref)
