"""The exceptions of the library::

    TorchvizError
    ├── TargetError              a model could not be found, loaded or built
    │   └── BuildError           the user's own code raised on the way to a model
    ├── InputError               an input could not be read, made or matched to the model
    │   └── ArgumentsError       the inputs do not match the signature of `forward`
    ├── TraceError               the model raised; carries the partial graph
    ├── UnsupportedModelError    a static tracer cannot follow this model
    ├── GraphError               a graph breaks a rule of the data model
    ├── GraphFormatError         a saved graph cannot be read
    ├── ViewError                a pass was asked for something that the graph has not
    ├── DiffError                two graphs cannot be compared
    ├── CheckError               a check cannot be done as it was asked for, or found something that is not to pass
    ├── RenderError              a format is unknown or cannot be written
    │   └── RenderLimitError     the picture is beyond a limit of its format
    ├── SettingsError            what pyproject.toml says is wrong
    └── OutputError              a file cannot be written

`EngineWarning`: the engine that was asked for could not draw, and the native one did.

`FontWarning`: a picture has characters that no font at hand can show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphviz_torch.ir.graph import Graph, SourceLocation


class TorchvizError(Exception):
    """Base of every error that the library raises on purpose.

    Args:
        message: what was asked and what is wrong, in one line.
        details: what is there instead, one fact a line.
        hint: what to do next, best as a line to type.
    """

    def __init__(self, message: str, *, details: tuple[str, ...] = (), hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.hint = hint
        for note in (*details, *((f"help: {hint}",) if hint else ())):
            self.add_note(note)  # below the message where Python prints a traceback


class TargetError(TorchvizError):
    """A model could not be found, loaded or built."""


class BuildError(TargetError):
    """The user's own code raised on the way to a model; `__cause__` is its exception.

    `frames` are the user's frames, innermost first.
    """

    def __init__(
        self,
        message: str,
        *,
        details: tuple[str, ...] = (),
        hint: str | None = None,
        frames: tuple[SourceLocation, ...] = (),
    ) -> None:
        super().__init__(message, details=details, hint=hint)
        self.frames = frames


class InputError(TorchvizError):
    """An input could not be read, made or matched to the model."""


class ArgumentsError(InputError):
    """The inputs do not match the signature of `forward`."""


class TraceError(TorchvizError):
    """The model raised while it ran; `__cause__` is the model's own exception.

    `graph` is everything that ran before; `graph.failure` names the failing operation, its operands,
    the module path and the user's frames.
    """

    def __init__(self, message: str, *, graph: Graph, details: tuple[str, ...] = (), hint: str | None = None) -> None:
        super().__init__(message, details=details, hint=hint)
        self.graph = graph


class UnsupportedModelError(TorchvizError):
    """A static tracer cannot follow this model; the message names the construct."""


class GraphError(TorchvizError):
    """A graph breaks a rule of the data model; the message shows the neighbourhood."""


class GraphFormatError(TorchvizError):
    """A saved graph is truncated, malformed or of another schema."""


class ViewError(TorchvizError):
    """A pass was asked for something that the graph has not."""


class DiffError(TorchvizError):
    """Two graphs cannot be compared, or a map names what they have not."""


class CheckError(TorchvizError):
    """A check cannot be done as it was asked for, or found something that is not to pass."""


class RenderError(TorchvizError):
    """A format is unknown or cannot be written here."""


class RenderLimitError(RenderError):
    """The picture is beyond a limit of its format; a smaller view of the graph may fit."""


class SettingsError(TorchvizError):
    """What a project says in its pyproject.toml is wrong, or it says nothing."""


class OutputError(TorchvizError):
    """A file cannot be written."""


class EngineWarning(UserWarning):
    """The engine that was asked for could not draw; the native one did. The message is one line."""


class FontWarning(UserWarning):
    """A picture has characters that no font at hand can show. The message is one line."""
