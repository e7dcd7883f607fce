"""The data model: one model run (or one static trace) as frozen, plain data."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Literal as Choice
from typing import Union

from graphviz_torch.ir.literals import Literal

Json = Union[None, bool, int, float, str, "tuple[Json, ...]", "MappingType[str, Json]"]
NodeKind = Choice["input", "parameter", "buffer", "constant", "call", "module", "output"]
CallKind = Choice["module", "autograd_function", "script", "operation", "inferred", "repeat"]
Severity = Choice["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class TensorMeta:
    """What is known of a tensor without its data.

    Attributes:
        shape: the sizes; `None` where no input was given and nothing ran.
        dtype: torch's name without the prefix: `float32`, `int64`; empty where unknown.
        device: `cpu`, `cuda:0`, `meta`; empty where unknown.
        requires_grad: whether autograd tracks it.
        stride: in elements; `None` where the layout has none (sparse, nested) or nothing ran.
        bytes: elements times the size of one, in bytes; `None` where unknown.
    """

    shape: tuple[int, ...] | None = None
    dtype: str = ""
    device: str = ""
    requires_grad: bool = False
    stride: tuple[int, ...] | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """A place in the user's code.

    Attributes:
        file: relative to the folder it was imported from, with `/`: never absolute, so that saved graphs compare.
        line: from 1.
        column: from 1; 0 where unknown.
        end_column: one past the last column; 0 where unknown.
        function: the qualified name of the function.
        code: the text of that line, stripped; empty where the file cannot be read.
    """

    file: str
    line: int
    column: int = 0
    end_column: int = 0
    function: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One tensor at one moment (static single assignment: an in-place write makes a new value).

    Attributes:
        id: the id of its producer for result 0, else `producer/index`.
        producer: the id of the node that made it, or that wrote it last.
        index: its place among the producer's results.
        meta: shape, dtype, device ...
        view_of: the id of an earlier value whose memory it shares, for views and for later versions.
        version: how many in-place writes its memory has seen.
    """

    id: str
    producer: str
    index: int
    meta: TensorMeta
    view_of: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """One occurrence of an operation, or one end of the data flow.

    By `kind`:

    input
        `name` is the argument (`x`, `batch['ids'][0]`); no operands; one result.
    parameter
        `name` is its first path (`layer1.weight`); no operands; one result.
    buffer
        As parameter.
    constant
        A tensor that came from neither: `name` is the attribute path that holds it, or a description.
    call
        An operation. `name` is the user's word (`linear`), `op` torch's full name (`torch.nn.functional.linear`),
        `attributes` its arguments by name or position, where `Operand(i)` marks the place of operand i.
    module
        A collapsed module call: stands for all that ran inside. `name` is the module path, `op` its type, `id` the id
        of the module call.
    output
        `name` is the path into the returned object (`logits`, `[0]`, empty for a single tensor); one operand; no
        results.

    Attributes:
        operands: ids of the values it reads, in order of appearance; a value can appear twice.
        results: ids of the values it makes: what it returns, then what it wrote in place.
        module_call: the id of the innermost module call it ran in; `None` outside every call.
        source: where in the user's code it was called.
        grad_fn: names of the autograd nodes that the operation made, in order.
    """

    id: str
    kind: NodeKind
    name: str
    op: str = ""
    operands: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    attributes: tuple[tuple[str, Literal], ...] = ()
    module_call: str | None = None
    source: SourceLocation | None = None
    grad_fn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tensor:
    """A parameter or buffer of a module.

    Attributes:
        name: its attribute name in the module that owns it.
        meta: shape, dtype, device ...
        alias_of: the full path under which the same tensor was met first, for shared weights.
        persistent: whether it is in the state dict (parameters always are).
    """

    name: str
    meta: TensorMeta
    alias_of: str | None = None
    persistent: bool = True


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook that is registered on a module.

    Attributes:
        kind: `forward_pre`, `forward`, `backward_pre`, `backward` or `state_dict`.
        name: the qualified name of the function.
        changed: whether it changed the value in this run; `None` where it did not run.
        source: where the function is defined.
    """

    kind: str
    name: str
    changed: bool | None = None
    source: SourceLocation | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the static tree, called or not.

    Attributes:
        path: its first path (`encoder.layers.3`); empty for the root.
        type: the qualified name of its class, `torch.nn.modules.linear.Linear`.
        arguments: its `extra_repr()`: `in_features=32, out_features=16, bias=True`.
        aliases: its other paths, where one instance is registered more than once.
    """

    path: str
    type: str
    arguments: str = ""
    aliases: tuple[str, ...] = ()
    parameters: tuple[Tensor, ...] = ()
    buffers: tuple[Tensor, ...] = ()
    training: bool = False
    hooks: tuple[Hook, ...] = ()
    source: SourceLocation | None = None

    @property
    def type_name(self) -> str:
        """The class name without its package."""
        return self.type.rpartition(".")[2]

    @property
    def of_torch(self) -> bool:
        """Whether its class is one of torch's own, whose name says what it does."""
        return self.type.startswith("torch.")


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """One call of a module, or another region of operations that belong together.

    By `kind`: `module`; `autograd_function` (a custom `autograd.Function`, `name` is its class); `script` (a
    TorchScript module); `operation` (a function that is shown with the aten operations it ran); `inferred` (operations
    of a module that was not called through `__call__`); `repeat` (made by the fold pass).

    Attributes:
        id: `path#call_index`, or for the other regions an id below their parent's.
        path: the module path; for the other regions that of the module call around them.
        call_index: which call of this module it is, from 0.
        parent: the id of the call around it; `None` for the root.
        name: what the region is called where it is no module.
        operands: ids of the values passed in; results: ids of the values returned.
        source: the call site.
        op, attributes: of an `operation` alone: torch's full name of the function, and its arguments, as in a node.
    """

    id: str
    path: str
    call_index: int = 0
    parent: str | None = None
    kind: CallKind = "module"
    name: str = ""
    operands: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    source: SourceLocation | None = None
    op: str = ""
    attributes: tuple[tuple[str, Literal], ...] = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a pass, a check or a comparison adds to one element: `target` is the id of a node, value or call."""

    target: str
    key: str
    payload: Json


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something the tracer could not see or that the reader should know.

    Attributes:
        code: a short word: `numpy`, `item`, `opaque`, `external`, `thread` ...
        target: the id of the node, value or call it is about; `None` for the whole graph.
    """

    code: str
    severity: Severity
    target: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The exception that ended the run.

    Attributes:
        node: the id of the failing operation; `None` where it was raised between operations.
        module_call: the id of the innermost call that was open.
        exception: the class name; message: its text.
        frames: the user's frames, innermost first.
        reason: why the operands do not fit, one line; empty where no rule knows.
        notes: what made the offending operand, and other facts, one a line.
        hint: what to change; empty where no rule knows.
    """

    node: str | None
    module_call: str | None
    exception: str
    message: str
    frames: tuple[SourceLocation, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a graph comes from.

    Attributes:
        tracer: `runtime`, `autograd` or `fx`.
        level: `function`, `both` or `aten`.
        target: what was traced, as the user wrote it, without absolute paths.
        training: whether the root was in training mode; grad_enabled: whether autograd recorded.
        torch: the version of torch.
    """

    tracer: str = "runtime"
    level: str = "function"
    target: str = ""
    training: bool = False
    grad_enabled: bool = True
    torch: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """A model run. Nodes are in execution order; edges are derived from operands and never stored.

    Attributes:
        name: the class name of the model.
        inputs, outputs: ids of the input and output nodes, in order.
        nodes, values: in execution order.
        calls: the tree of module calls, parents before children, in order of entry.
        modules: the static tree in registration order, the root first.
    """

    name: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()
    values: tuple[Value, ...] = ()
    calls: tuple[ModuleCall, ...] = ()
    modules: tuple[Module, ...] = ()
    origin: Origin = field(default_factory=Origin)
    annotations: tuple[Annotation, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    failure: Failure | None = None


def value_id(producer: str, index: int) -> str:
    """The id of a result: the node's own id for result 0, else `producer/index`."""
    return producer if index == 0 else f"{producer}/{index}"
