"""Parameters that are converted only where they need it: what typer converts with takes longer to load than we run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typer.core import TyperArgument, TyperCommand, TyperOption

if TYPE_CHECKING:
    Base = TyperCommand
else:
    Base = object

TEXTS = list[str]


class Eased(Base):
    """Of a command or a group: its parameters are of this kind."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._eased: dict[Any, Any] = {}

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters, always the same ones; for typer, which calls it by this name."""
        found = super().get_params(ctx)
        self._eased.update({param: _eased(param) for param in found if param not in self._eased})
        return [self._eased[param] for param in found]


class Command(Eased, TyperCommand):
    """A command of such parameters."""


@dataclass(frozen=True, slots=True)
class _Conversion:
    """What a parameter does with its value: nothing where it is as declared, else what typer does.

    The words of a command line are strings, and so is most of what we declare.
    """

    annotation: Any
    typers: Callable[[], Any]

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The converted value; for typer, which calls it by this name."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        if self.annotation == TEXTS and all(type(word) is str for word in value):
            return list(value)
        if type(value) is self.annotation:
            return value
        return self.typers().coerce(value, param=param, ctx=ctx)


# A typer that does not convert this way never asks for it.
class _Option(TyperOption):
    def get_runtime_param(self) -> Any:
        return _Conversion(self.type_descriptor.annotation, super().get_runtime_param)


class _Argument(TyperArgument):
    def get_runtime_param(self) -> Any:
        return _Conversion(self.type_descriptor.annotation, super().get_runtime_param)


def _eased(param: Any) -> Any:
    """The same parameter as one of ours; what typer did not make stays as it is."""
    if type(param) not in (TyperOption, TyperArgument):
        return param
    kind = _Option if type(param) is TyperOption else _Argument
    found = kind.__new__(kind)
    vars(found).update(vars(param))
    return found
