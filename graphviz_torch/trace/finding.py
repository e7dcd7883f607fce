"""From a module to the object in it that makes the model."""

from __future__ import annotations

import difflib
import inspect
from shlex import quote
from types import ModuleType
from typing import Any

from torch import nn

from graphviz_torch.errors import TargetError
from graphviz_torch.trace.said import clip, said, shown, user_frames
from graphviz_torch.trace.targets import RENDER, Target

FACTORIES = ("build", "build_model", "get_model", "make_model", "model")
NEAREST = 12
MISSING = object()


def discover(module: ModuleType, target: Target) -> str:
    """The name of the one object that is meant where the target names none.

    Raises:
        TargetError: there is none, or there are several.
    """
    names = [name for name in FACTORIES if _usable(given(module, name))] or _model_classes(module)
    if len(names) == 1:
        return names[0]
    told = defined(module)
    several = f"several objects could be meant: {', '.join(names[:NEAREST])}"
    problem = several if names else "nothing in it makes a model"
    # What is defined last is mostly made of what comes before.
    suggested = [*told, *names][-1:]
    raise TargetError(
        f"which object of {shown(target.locator)}? {problem}",
        details=(f"it defines: {', '.join(told)}",) if told else (),
        hint=f"{RENDER} {quote(target.locator)}:{suggested[0]}" if suggested else _within(module),
    )


def _within(module: ModuleType) -> str:
    """What to do about a module that defines nothing."""
    if hasattr(module, "__path__"):
        return f"name a module of the package, as in {module.__name__}.NAME:OBJECT"
    return "define build(), which returns the model"


def given(module: ModuleType, name: str) -> Any:
    """What a module has under a name that nobody asked for, so that its own refusal is no error; else `None`."""
    try:
        return getattr(module, name, None)
    except Exception:  # noqa: BLE001 - a `__getattr__` of the user's
        return None


def attribute(module: ModuleType, name: str, target: Target) -> Any:
    """The object behind a dotted name.

    Raises:
        TargetError: there is none; or looking it up, which may run the user's code, raised.
    """
    thing: Any = module
    for part in name.split("."):
        try:
            thing = getattr(thing, part, MISSING)
        except Exception as error:
            raise TargetError(
                f"looking up `{clip(name)}` in {shown(target.locator)} raised {said(error)}", details=user_frames(error)
            ) from error
        if thing is MISSING:
            raise _missing(module, name, target)
    return thing


def defined(module: ModuleType) -> list[str]:
    """What a module defines itself that could be meant."""
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (isinstance(thing, nn.Module) or getattr(thing, "__module__", None) == module.__name__)
        and _usable(thing)
    ][:NEAREST]


def _model_classes(module: ModuleType) -> list[str]:
    """The models that a module defines itself, each by its first name."""
    found: dict[int, str] = {}
    for name, thing in vars(module).items():
        if isinstance(thing, type) and issubclass(thing, nn.Module) and thing.__module__ == module.__name__:
            found.setdefault(id(thing), name)
    return list(found.values())


def _usable(thing: Any) -> bool:
    return isinstance(thing, nn.Module) or (callable(thing) and not inspect.ismodule(thing))


def _missing(module: ModuleType, name: str, target: Target) -> TargetError:
    told = defined(module)
    known = list(dict.fromkeys([*told, *(other for other in vars(module) if not other.startswith("_"))]))
    close = difflib.get_close_matches(name[:100], known, 1) or told[-1:]
    return TargetError(
        f"{shown(target.locator)} has no object named `{clip(name)}`",
        details=(f"it defines: {', '.join(told)}",) if told else ("it defines no function and no model",),
        hint=f"{RENDER} {quote(target.locator)}:{close[0]}" if close else None,
    )
