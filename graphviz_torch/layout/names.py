"""Names as they are shown: relative to the frame around, folded, joined with their type."""

from __future__ import annotations

from graphviz_torch.ir.graph import Json, SourceLocation
from graphviz_torch.layout.tree import fold_of


def named(path: str, type_name: str) -> str:
    """`layer1 · Linear`; the path alone where the attribute is called like its type."""
    if path and type_name and path.rpartition(".")[2] != type_name:
        return f"{path} · {type_name}"
    return path or type_name


def relative(path: str, base: str) -> str:
    """A module path without that of the frame around it."""
    if base and path.startswith(base) and path[len(base) : len(base) + 1] == ".":
        return path[len(base) + 1 :]
    return "" if path == base else path


def shown_path(path: str, base: str, fold: Json) -> str:
    """A module path, relative to the frame it is drawn in; for a fold of distinct modules `layer.0 … 11`."""
    payload = fold_of(fold)
    paths = payload.get("paths")
    if isinstance(paths, tuple | list) and len(paths) > 1 and payload.get("kind") != "shared":
        path = folded_path([str(found) for found in paths])
    return relative(path, base)


def folded_path(paths: list[str]) -> str:
    """`encoder.layer.0 … 11`."""
    first, last = paths[0].split("."), paths[-1].split(".")
    same = 0
    while same < min(len(first), len(last)) - 1 and first[same] == last[same]:
        same += 1
    return f"{paths[0]} … {'.'.join(last[same:])}"


def fold_badge(fold: Json) -> str:
    """`×12` for distinct modules, `↻12` for one that is called again and again; empty for no fold."""
    payload = fold_of(fold)
    if not payload:
        return ""
    return f"{'↻' if payload.get('kind') == 'shared' else '×'}{payload.get('count', '')}"


def short_type(name: str) -> str:
    """The class of a module and where it is defined, as in `linear.Linear`."""
    return ".".join(name.split(".")[-2:])


def near_place(source: SourceLocation | None) -> str:
    """As `place_words`, of a file only its name: what tooltips have room for."""
    return place_words(source)[source.file.rfind("/") + 1 :] if source is not None else ""


def place_words(source: SourceLocation | None) -> str:
    """`model.py:17 in MLP.forward`."""
    if source is None:
        return ""
    return f"{source.file}:{source.line} in {source.function}" if source.function else f"{source.file}:{source.line}"
