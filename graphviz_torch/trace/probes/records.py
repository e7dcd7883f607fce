"""What probes answer, as plain data. No torch in here, so that rules can read it."""

from __future__ import annotations

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
    """One run of a model: its graph, whole or up to where it raised."""

    graph: Graph
    raised: Raised | None = None


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
    """

    source: SourceLocation | None
    returns: bool = True
