"""What each intercepted function is: an operation, a read of a value by Python, or nothing to record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from graphviz_torch.trace.runtime.records import Op

# Attributes of a tensor that are operations; all others (shape, dtype, device ...) only describe it.
TENSOR_ATTRIBUTES = frozenset(("T", "mT", "H", "mH", "real", "imag", "data", "grad"))

# Functions that compute nothing a reader would want to see.
DESCRIPTIONS = frozenset(
    """size dim stride numel nelement is_contiguous element_size get_device storage_offset is_floating_point
    is_complex is_tensor __len__ data_ptr untyped_storage storage register_hook _is_view requires_grad_
    has_names __format__ __repr__ __hash__ ndimension is_same_size is_signed retain_grad is_inference
    __dir__ names _typed_storage is_shared is_pinned share_memory_ __reduce_ex__ __setstate__
    result_type set_default_device can_cast is_storage get_default_device is_autocast_enabled is_grad_enabled
    __iter__ is_set_to is_coalesced sparse_dim dense_dim is_conj is_neg is_inference_mode_enabled
    _set_grad_enabled _enter_autocast _exit_autocast set_autocast_enabled _autograd_init
    register_post_accumulate_grad_hook _has_compatible_shallow_copy_type is_sparse is_quantized device""".split()
)

# Reads of a value by Python: the data leaves the graph.
READS = frozenset(
    """__contains__ item tolist __bool__ __int__ __float__ __index__ __complex__ numpy __array__ is_nonzero equal
    allclose""".split()
)

INDEXED = ("getitem", "setitem")

# What torch does in these is not all told by their arguments and results.
ASIDE = frozenset(
    """batch_norm instance_norm __deepcopy__ backward numpy __array__ as_tensor asarray from_dlpack
    frombuffer""".split()
)

# Arguments that make a function write another argument, with that.
CHOICES = {"inplace": "input", "max_norm": "weight"}

OPERATORS = {
    "add": "add", "radd": "add", "iadd": "add_", "sub": "sub", "rsub": "rsub", "isub": "sub_", "mul": "mul",
    "rmul": "mul", "imul": "mul_", "truediv": "div", "div": "div", "rtruediv": "rdiv", "rdiv": "rdiv",
    "itruediv": "div_", "idiv": "div_", "matmul": "matmul", "rmatmul": "rmatmul", "pow": "pow", "rpow": "rpow",
    "neg": "neg", "getitem": "getitem", "setitem": "setitem", "and": "bitwise_and", "or": "bitwise_or",
    "xor": "bitwise_xor", "invert": "bitwise_not", "eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt",
    "ge": "ge", "floordiv": "floor_divide", "mod": "remainder", "abs": "abs", "bool": "bool", "int": "int",
    "float": "float", "index": "index", "contains": "contains", "array": "numpy", "is_nonzero": "bool",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """An argument that decides whether a function writes another one: `relu(x, inplace=True)`."""

    name: str
    place: int
    target: str
    target_place: int

    def made(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Whether the function writes this time."""
        given = args[self.place] if self.place < len(args) else kwargs.get(self.name)
        return given is not None and given is not False

    def written(self, op: Op) -> Any:
        """What it writes then, as it is in the template of arguments."""
        return op.args[self.target_place] if self.target_place < len(op.args) else op.kwargs.get(self.target)


@dataclass(frozen=True, slots=True)
class Operation:
    """What a function is called, and whether Python reads its result.

    Attributes:
        below: seen below autograd, where tensors do not count their writes yet; the schema tells what is written.
        aside: something is left to be noted when it has run; see `graphviz_torch.trace.runtime.aside`.
        loose: an aten operation that no function stands for, in a record of functions with what is in them.
        fresh: nothing that it returns lies in memory of its operands, as far as its schema says.
        choice: an argument that makes it write one of the others.
        special: its operands may be written, or are only looked at in part; unless it is told not to be.
    """

    name: str
    op: str
    reads: bool
    writes: bool
    below: bool = False
    aside: bool = False
    loose: bool = False
    fresh: bool = False
    choice: Choice | None = None
    special: bool = True


def classify(function: Callable[..., Any]) -> Operation | None:
    """The operation behind an intercepted function; `None` for one that is not recorded."""
    name: str = getattr(function, "__name__", None) or str(function)
    if hasattr(function, "overloadpacket"):  # `linear.default` of an exported program
        name = name.partition(".")[0]
    owner = getattr(function, "__self__", None)
    if name in ("__get__", "__set__", "__delete__"):
        attribute = getattr(owner, "__name__", "?")
        if name == "__get__" and attribute in TENSOR_ATTRIBUTES:
            return Operation(attribute, f"torch.Tensor.{attribute}", False, False, aside=attribute == "grad")
        if name == "__set__" and attribute == "data":
            return Operation("set_data", "torch.Tensor.data", False, True, aside=True)
        return None
    if name in DESCRIPTIONS:
        return None
    plain = name.strip("_") if name.startswith("__") else name
    word = (
        OPERATORS.get(plain, plain) if name.startswith("__") else OPERATORS.get(name, name) if name in READS else name
    )
    writes = (word.endswith("_") and not word.startswith("__")) or word == "setitem" or _mutable(function)
    path = full_name(function, name)
    choice = _choice(function)
    special = writes or word in INDEXED
    return Operation(word, path, name in READS, writes, aside=name in ASIDE, choice=choice, special=special)


def schema_of(function: Any) -> Any:
    """The schema of an operator, where it has one alone; `None` for all other functions."""
    schemas = getattr(function, "_schemas", None)
    if schemas is None:
        return getattr(function, "_schema", None)
    return next(iter(schemas.values())) if len(schemas) == 1 else None


def _mutable(function: Callable[..., Any]) -> bool:
    """Whether an operator of a library says that it writes an argument."""
    schema = schema_of(function)
    return schema is not None and bool(schema.is_mutable)


def _choice(function: Callable[..., Any]) -> Choice | None:
    """The argument of a function that makes it write another."""
    code = getattr(function, "__code__", None)
    if code is None or not getattr(function, "__module__", "").startswith("torch.nn.functional"):
        return None
    names = code.co_varnames[: code.co_argcount]
    for name, target in CHOICES.items():
        if name in names and target in names:
            return Choice(name, names.index(name), target, names.index(target))
    return None


def full_name(function: Callable[..., Any], name: str) -> str:
    """Where the function is found: `torch.nn.functional.relu`, `torch.Tensor.add`, `torch.ops.aten.relu`."""
    module = getattr(function, "__module__", None) or ""
    qualified = getattr(function, "__qualname__", name)
    if "_TensorBase" in qualified or "TensorBase." in qualified or qualified.startswith("Tensor."):
        return f"torch.Tensor.{name}"
    if (
        module.startswith("torch._ops")
        or isinstance(function, torch._ops.OperatorBase)
        or hasattr(function, "_schema")
        or hasattr(function, "overloadpacket")
    ):
        return f"torch.ops.{function}"
    if type(function).__name__ in ("method_descriptor", "wrapper_descriptor"):
        return f"torch.Tensor.{name}"
    if "_VariableFunctions" in qualified or not module:
        return f"torch.{name}"
    if module == "torch._C._nn":
        return f"torch.nn.functional.{name}"
    if "<locals>" in qualified:  # `boolean_dispatch` makes `max_pool2d` and its like
        return f"{module}.{name}"
    return f"{module}.{qualified}"
