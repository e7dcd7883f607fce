"""Parts of a graph made in bulk.

A frozen dataclass sets each field through a function call, which takes four times as long as plain assignment. A draft
has the same slots, is filled like any object, and then becomes the frozen class.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar, cast

from graphviz_torch.ir.graph import Module, ModuleCall, Node, SourceLocation, Tensor, TensorMeta, Value

Kind = TypeVar("Kind")


def draft(kind: type[Kind]) -> type[Kind]:
    """The maker of a frozen class; all of its fields are to be given.

    It is a function that is written out, as `dataclasses` writes `__init__`: to call a class takes longer.
    """
    names = [field.name for field in fields(cast(Any, kind))]
    blank = type(f"_{kind.__name__}", (), {"__slots__": names})
    lines = [
        f"def make_{kind.__name__}({', '.join(names)}):",
        " _made = _blank()",
        *[f" _made.{name} = {name}" for name in names],
        " _made.__class__ = _kind",
        " return _made",
    ]
    found: dict[str, Any] = {"_blank": blank, "_kind": kind}
    exec("\n".join(lines), found)
    return cast(type[Kind], found[f"make_{kind.__name__}"])


make_call = draft(ModuleCall)
make_location = draft(SourceLocation)
make_meta = draft(TensorMeta)
make_module = draft(Module)
make_node = draft(Node)
make_tensor = draft(Tensor)
make_value = draft(Value)
