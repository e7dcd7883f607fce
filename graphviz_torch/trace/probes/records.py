"""What probes answer, as plain data. No torch in here, so that rules can read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from graphviz_torch.ir.graph import Graph, SourceLocation, TensorMeta


@dataclass(frozen=True, slots=True)
class Raised:
    """The exception that ended a run.

    Attributes:
        frames: the user's frames, innermost first.
        entered: whether the code of the innermost called module began to run; where it did not, its `forward` does not
            take what it was called with.
    """

    exception: str
    message: str
    frames: tuple[SourceLocation, ...] = ()
    entered: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a model: its graph, whole or up to where it raised.

    Attributes:
        finite: whether all that it returned is free of NaN and Inf; true where that was not looked at.
        kept: ids of the values that were not only returned: modules, or containers among the arguments, hold them.
    """

    graph: Graph
    raised: Raised | None = None
    finite: bool = True
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Arguments:
    """Inputs that the signature of `forward` does not take.

    Attributes:
        message, details, hint: as those of the error that the command line shows for them.
        source: where that `forward` is defined.
    """

    message: str
    details: tuple[str, ...] = ()
    hint: str = ""
    source: SourceLocation | None = None


@dataclass(frozen=True, slots=True)
class Loose:
    """A module or tensor that a module holds and that is registered nowhere.

    Attributes:
        path: of the attribute: `encoder.blocks[0]`, `scale`.
        owner: path of the module that holds it.
        kind: what it is.
        container: `list`, `dict`, `tuple`, where it is in one; empty where it is the attribute itself.
        type: the class of a module.
        meta: the type of a tensor.
    """

    path: str
    owner: str
    kind: Literal["module", "parameter", "tensor"]
    container: str = ""
    type: str = ""
    meta: TensorMeta | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """The `forward` of a module, as its source tells.

    Attributes:
        source: where it is defined.
        returns: whether any of it returns, or yields, a value; true where the source cannot be read.
        missing: whether its class has none, and `nn.Module` raises; `source` then is that of `near`.
        near: the method that looks most like it, where it is missing.
    """

    source: SourceLocation | None
    returns: bool = True
    missing: bool = False
    near: str = ""


@dataclass(frozen=True, slots=True)
class Gradient:
    """What a backward pass gave to one parameter.

    Attributes:
        name: its first path.
        norm: of the gradient; `None` where none reached it.
        weight: the norm of the parameter itself.
        finite: whether the gradient holds neither NaN nor Inf.
    """

    name: str
    norm: float | None
    weight: float
    finite: bool = True


@dataclass(frozen=True, slots=True)
class Conflict:
    """A tensor that was kept for the backward pass and written since, which makes that pass raise.

    Attributes:
        node: the id of the operation that kept it.
        function: its autograd node: `ExpBackward0`.
        saved: under which name: `result`, `self`.
    """

    node: str
    function: str
    saved: str


@dataclass(frozen=True, slots=True)
class Backward:
    """A backward pass, or why there was none.

    Attributes:
        loss: what it began at, in words.
        gradients: of the parameters that want one, in registration order; empty where the pass raised.
        conflicts: found in what the run kept, without running backward.
        raised: the exception that ended the pass, or the loss.
        in_loss: whether it was the loss that raised, before there was a pass.
        skipped: why no pass was possible.
    """

    loss: str = ""
    gradients: tuple[Gradient, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    raised: Raised | None = None
    in_loss: bool = False
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class ValueStats:
    """The range of one value.

    Attributes:
        minimum, maximum, mean, std: of the finite elements; 0 where there are none.
        zeros: share of elements that are zero.
        nan, inf: how many elements are.
        saturated: of what a sigmoid or tanh made: share of elements within a thousandth of a limit.
        silent: of what a rectifier made: dimensions that may be that of its units, channels or features, each with how
            many of its indexes hold nothing but zeros.
    """

    elements: int
    minimum: float
    maximum: float
    mean: float
    std: float
    zeros: float
    nan: int = 0
    inf: int = 0
    saturated: float | None = None
    silent: tuple[tuple[int, int], ...] = ()

    @property
    def finite(self) -> bool:
        """Whether it holds neither NaN nor Inf."""
        return not self.nan and not self.inf


@dataclass(frozen=True, slots=True)
class Statistics:
    """The ranges of the values of one run, by the ids of the values; without those that have no elements to read."""

    run: Run
    values: Mapping[str, ValueStats]


@dataclass(frozen=True, slots=True)
class Timings:
    """How long things took, each the least of several runs, in seconds.

    Attributes:
        graph: whose nodes and calls are meant.
        runs: how many there were, apart from one to warm up.
        total: one call of the model that nobody watched.
        operations: by node id; calls: by the id of the module call, with what watching it cost.
    """

    graph: Graph
    runs: int
    total: float
    operations: Mapping[str, float]
    calls: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class OtherBatch:
    """A run with another batch size, or why there was none.

    Attributes:
        size: the batch size of the first run; other: of this one.
        run: whole or up to where it raised; `None` where it is not known which dimension is the batch.
        inputs: names of the inputs that were made larger.
    """

    size: int = 0
    other: int = 0
    run: Run | None = None
    inputs: tuple[str, ...] = ()
    skipped: str = ""
