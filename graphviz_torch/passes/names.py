"""Finds what a user names in a graph, and says what is near where there is no such thing."""

from __future__ import annotations

from difflib import get_close_matches

from graphviz_torch.errors import ViewError
from graphviz_torch.ir.graph import Graph, ModuleCall

SHOWN = 5
LONGEST = 80


def calls_of(graph: Graph, path: str) -> list[ModuleCall]:
    """The outermost calls of a module, or of what is below it where it is only a container.

    The path may also be the id of one call (`encoder#1`).
    """
    named = [call for call in graph.calls if call.id == path]
    if named:
        return named
    paths = {module.path for module in graph.modules if path in (module.path, *module.aliases)} or {path}
    return _outermost(graph, paths, "") or _outermost(graph, paths, ".")


def _outermost(graph: Graph, paths: set[str], below: str) -> list[ModuleCall]:
    found: list[ModuleCall] = []
    inside: set[str] = set()
    for call in graph.calls:
        if call.parent in inside:
            inside.add(call.id)
        elif call.kind == "module" and any(_matches(call.path, path, below) for path in paths):
            found.append(call)
            inside.add(call.id)
    return found


def _matches(path: str, wanted: str, below: str) -> bool:
    return path.startswith(wanted + below) if below else path == wanted


def unknown(graph: Graph, name: str, *, nodes: bool = False) -> ViewError:
    """The error for a name that the graph has not, with the nearest that it has."""
    known = [module.path for module in graph.modules if module.path] or [call.path for call in graph.calls]
    if nodes:
        known += [node.name for node in graph.nodes if node.kind == "input"] + [node.id for node in graph.nodes]
    known = list(dict.fromkeys(known))
    near = get_close_matches(name[:LONGEST], known, n=SHOWN, cutoff=0.5)
    kind = "module or node" if nodes else "module"
    shown = near or known[:SHOWN]
    label = "nearest" if near else "it has"
    return ViewError(
        f"{graph.name} has no {kind} named `{_short(name)}`",
        details=(f"{label}: {', '.join(map(_short, shown))}",) if shown else (),
        hint="torchviz-cli show lists them all",
    )


def never_called(graph: Graph, name: str) -> ViewError:
    """The error for a module that exists but did not run."""
    return ViewError(f"`{_short(name)}` was never called in this run of {graph.name}, so there is nothing to draw")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 3] + "..."
