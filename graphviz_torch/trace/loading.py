"""Loading: from a target to a model and the arguments that came with it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from shlex import quote
from types import ModuleType
from typing import Any

from torch import nn

from graphviz_torch.errors import BuildError, TargetError
from graphviz_torch.trace import finding, frames, locating, programs
from graphviz_torch.trace.importing import alone, importable, module_of
from graphviz_torch.trace.random_state import random_state
from graphviz_torch.trace.said import said, user_frames
from graphviz_torch.trace.source import Sources
from graphviz_torch.trace.targets import RENDER, Target

__all__ = ["Loaded", "arguments", "importable", "load", "thing"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model, ready to be called.

    Attributes:
        model: the module.
        args, kwargs: what came with it; `None` where nothing did.
        object: the name of the object that was used.
        roots: folders that must stay importable while the model runs.
    """

    model: nn.Module
    args: tuple[Any, ...] | None
    kwargs: dict[str, Any]
    object: str
    roots: tuple[str, ...]


def load(target: Target, seed: int | None = None, *, examples: bool = True) -> Loaded:
    """Imports the module of a target and builds its model.

    Args:
        seed: for weights and example inputs that are made at random, so that two runs draw the same picture where
            the way through the model depends on them; the process' own random state is put back.
        examples: whether to look for example inputs where none came with the model.

    Raises:
        TargetError: the file, the module or the object is not there, raises, or is no model.
    """
    roots = locating.roots(target)
    if target.is_program:
        return Loaded(*programs.load(target, locating.existing(target)), target.name, roots)
    with importable(roots), alone(target), nullcontext() if seed is None else random_state(seed, ()):
        module = module_of(target, roots)
        name = target.object or finding.discover(module, target)
        thing = finding.attribute(module, name, target)
        made = _build(thing, name, target, roots)
        model, args, kwargs = _unpack(made, name)
        if args is None and examples:
            args, kwargs = _examples(module, model, roots)
    return Loaded(model, args, kwargs, name, roots)


def thing(target: Target) -> Any:
    """The object of a target as it is, whatever it is.

    Raises:
        TargetError: the file, the module or the object is not there, or raises.
    """
    roots = locating.roots(target)
    with importable(roots), alone(target):
        return finding.attribute(module_of(target, roots), target.name, target)


# ---- building the model


def _build(thing: Any, name: str, target: Target, roots: tuple[str, ...]) -> Any:
    if isinstance(thing, nn.Module):
        if target.args or target.kwargs:
            raise TargetError(
                f"`{name}` is a model already; it takes no arguments",
                hint=f"{RENDER} {quote(target.locator)}:{name}",
            )
        return thing
    if not callable(thing):
        raise TargetError(
            f"`{name}` is no model: it is a value of type {type(thing).__name__}",
            hint="name an nn.Module, a subclass of it, or a function that returns one",
        )
    if isinstance(thing, type) and not issubclass(thing, nn.Module):
        raise TargetError(
            f"`{name}` is no model: it is a class that does not derive from nn.Module",
            hint="name an nn.Module, a subclass of it, or a function that returns one",
        )
    _check_arguments(thing, name, target)
    try:
        return thing(*target.args, **dict(target.kwargs))
    except SystemExit as error:
        raise _broken(f"`{name}` ended the program", error, roots) from error
    except Exception as error:
        raise _broken(f"`{name}` raised {said(error)}", error, roots) from error


def _broken(message: str, error: BaseException, roots: tuple[str, ...]) -> BuildError:
    """What is said where the user's own code raised."""
    return BuildError(message, details=user_frames(error), frames=frames.places(error, Sources(roots)))


def _check_arguments(thing: Any, name: str, target: Target) -> None:
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*target.args, **dict(target.kwargs))
    except TypeError as error:
        raise TargetError(
            f"`{name}` cannot be called like this: {error}",
            details=(f"{name}{signature}",),
            hint=_with_arguments(signature, name, target),
        ) from None


def _with_arguments(signature: inspect.Signature, name: str, target: Target) -> str | None:
    needed = [
        p.name
        for p in signature.parameters.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    ]
    given = dict(target.kwargs)
    missing = [need for need in needed[len(target.args) :] if need not in given]
    if not missing:
        return None
    line = " ".join(f"--arg {need}=..." for need in missing)
    return f"{RENDER} {quote(target.text)} {line}" if not given else f"add {line}"


def _unpack(made: Any, name: str) -> tuple[nn.Module, tuple[Any, ...] | None, dict[str, Any]]:
    if isinstance(made, nn.Module):
        return made, None, {}
    if isinstance(made, tuple) and made and isinstance(made[0], nn.Module) and len(made) in (1, 2, 3):
        if len(made) == 3 and isinstance(made[2], Mapping):
            args = made[1] if isinstance(made[1], (tuple, list)) else (made[1],)
            return made[0], tuple(args), dict(made[2])
        if len(made) == 2:
            return made[0], *arguments(made[0], made[1])
        if len(made) == 1:
            return made[0], None, {}
    if inspect.iscoroutine(made):
        made.close()
    inner = ", ".join(type(item).__name__ for item in made[:6]) if isinstance(made, tuple) else ""
    raise TargetError(
        f"`{name}` returned {type(made).__name__}{f' of {inner}' if inner else ''}, not a model",
        hint="return the module, (module, args) or (module, args, kwargs)",
    )


def arguments(model: nn.Module, given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments as a factory may hand them over: a list is positional, a mapping of parameter names is keywords."""
    if isinstance(given, (tuple, list)) and not hasattr(given, "_fields"):
        return tuple(given), {}
    if isinstance(given, Mapping) and all(isinstance(key, str) for key in given):
        try:
            inspect.signature(model.forward).bind(**given)
        except (TypeError, ValueError):
            return (given,), {}
        return (), dict(given)
    return (given,), {}


def _examples(
    module: ModuleType, model: nn.Module, roots: tuple[str, ...]
) -> tuple[tuple[Any, ...] | None, dict[str, Any]]:
    maker = finding.given(module, "example_inputs")
    source = "example_inputs" if callable(maker) else "example_input_array"
    try:
        if callable(maker):
            return arguments(model, maker())
        array = getattr(model, "example_input_array", None)
    except SystemExit as error:
        raise _broken(f"`{source}` ended the program", error, roots) from error
    except Exception as error:
        raise _broken(f"`{source}` raised {said(error)}", error, roots) from error
    return (None, {}) if array is None else arguments(model, array)
