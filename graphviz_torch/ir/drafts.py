"""Parts of a graph made in bulk.

A frozen dataclass sets each field through a function call, which takes four times as long as plain assignment. A draft
has the same slots, is filled like any object, and then becomes the frozen class.
"""

from __future__ import annotations

from dataclasses import fields, make_dataclass
from typing import Any, TypeVar, cast

from graphviz_torch.ir.graph import Module, ModuleCall, Node, SourceLocation, Tensor, TensorMeta, Value

Kind = TypeVar("Kind")


def draft(kind: type[Kind]) -> type[Kind]:
    """The maker of a frozen class; all of its fields are to be given."""
    given = [(field.name, field.type) for field in fields(cast(Any, kind))]
    draft = make_dataclass(
        f"_{kind.__name__}",
        [*given, ("become", type, kind)],
        namespace={"__slots__": [name for name, _ in given]},
        repr=False,
        eq=False,
        match_args=False,
    )
    # The last that `__init__` sets is the class, under a name that a field can have.
    type.__setattr__(draft, "become", vars(object)["__class__"])
    return cast(type[Kind], draft)


make_call = draft(ModuleCall)
make_location = draft(SourceLocation)
make_meta = draft(TensorMeta)
make_module = draft(Module)
make_node = draft(Node)
make_tensor = draft(Tensor)
make_value = draft(Value)
