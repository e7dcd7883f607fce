"""What is to be built: the entries of `[[tool.torchviz-cli.docs]]`, read and checked before any work is done."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from graphviz_torch.errors import SettingsError, TorchvizError
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render import own_themes
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.own_themes import Themes
from graphviz_torch.trace import targets
from torchviz_cli.documents import keys
from torchviz_cli.documents.project import TABLE, Project
from torchviz_cli.graphs import Request, parsed

DOCS = f"{TABLE}.docs"
OUTPUT = "docs/models"
USUAL_PAGES = ("*.md", "docs/**/*.md")
# The graphs that the pictures show, in the folder of the pictures: what `docs --check` compares with.
GRAPHS = "graphs"
NAME = re.compile(r"\w[\w.-]{0,99}")
PAIRED = ("svg", "png")
COMPARED = ("svg", "png", "pdf", "dot", "mmd")
# Tables of the project that are no keys of pictures.
OTHERS = ("docs", "check", "themes")


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file of an entry: `path` counts from the folder of the project; `theme` is as the project calls it."""

    path: str
    format: str
    look: RenderOptions
    theme: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture, in one or more files.

    Attributes:
        kept: where its graph is kept.
        title, alt: as the project says; empty where it does not.
        raises: whether the model is meant to fail.
        against: an older version that it is compared with; empty for a picture of one version.
    """

    name: str
    request: Request
    view: ViewOptions
    artefacts: tuple[Artefact, ...]
    kept: str
    title: str = ""
    alt: str = ""
    raises: bool = False
    against: str = ""

    @property
    def source(self) -> str:
        """What has to be loaded for it."""
        return targets.parse(self.request.target).locator

    @property
    def look(self) -> RenderOptions:
        """How its files look; they differ in their theme alone."""
        return self.artefacts[0].look


def pages(project: Project) -> tuple[str, ...]:
    """Where Markdown may have blocks that show an entry: patterns, from the folder of the project.

    Raises:
        SettingsError: they are no patterns within the project.
    """
    given = project.table.get("pages")
    found = USUAL_PAGES if given is None else keys.read({"pages": given}, keys.PROJECT, f"[{TABLE}]")["pages"]
    for pattern in found:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise SettingsError(f"`pages` of [{TABLE}] has {pattern!r}, which is outside the project")
    return tuple(found)


def read(project: Project) -> tuple[Entry, ...]:
    """The entries of a project.

    Raises:
        SettingsError: a key, a value or a name is not right, or a file would lie outside the project.
    """
    themes = own_themes.read(project.table.get("themes", {}))
    table = {name: value for name, value in project.table.items() if name not in OTHERS}
    shared = keys.read(table, keys.with_themes(keys.PROJECT, themes), f"[{TABLE}]")
    shared.pop("pages", None)
    output = _inside(project.folder, shared.pop("output", OUTPUT))
    rows = project.table["docs"]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SettingsError(f"`{DOCS}` is no list of tables", hint=f"[[{DOCS}]], once for each picture")
    entries = tuple(_entry(row, number, shared, output, themes) for number, row in enumerate(rows, 1))
    _check_apart(entries)
    return entries


def chosen(entries: Sequence[Entry], names: Sequence[str]) -> tuple[Entry, ...]:
    """The entries of these names; all where there are none.

    Raises:
        SettingsError: there is no such entry.
    """
    known = {entry.name: entry for entry in entries}
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            raise SettingsError(
                f"[[{DOCS}]] has no entry named `{name}`",
                details=(f"names: {', '.join(known)}",) if known else (),
                hint=f"torchviz-cli docs {close[0]}" if close else None,
            )
    return tuple(entry for entry in entries if not names or entry.name in names)


def options(entry: Entry, artefact: Artefact) -> dict[str, Any]:
    """The options of a file that are not the default, as they stand in its stamp."""
    given = {field: value for part in (entry.view, artefact.look) for field, value in _set(part)}
    if artefact.format != "png":
        given.pop("scale", None)
    if entry.against:
        given["against"] = entry.against
    if "colours" in given:
        given["colours"] = dict(given["colours"])
    return given


def weak(entries: Sequence[Entry]) -> tuple[str, ...]:
    """What is hard to read in the themes of some entries, a sentence each."""
    looks = {artefact.theme: artefact.look for entry in entries for artefact in entry.artefacts}
    return tuple(line for name, look in looks.items() for line in own_themes.weak(name, look))


def _set(part: ViewOptions | RenderOptions) -> Iterator[tuple[str, Any]]:
    for field in fields(part):
        value = getattr(part, field.name)
        if value != field.default:
            yield field.name, value


def _inside(folder: Path, output: str) -> str:
    """The folder of the pictures, from that of the project, with a slash at its end; empty where it is the same."""
    root = folder.resolve()
    place = (root / output).resolve()
    if not place.is_relative_to(root):
        raise SettingsError(f"`output = {output!r}` of [{TABLE}] is outside the project", hint=f'output = "{OUTPUT}"')
    return "" if place == root else f"{place.relative_to(root).as_posix()}/"


def _entry(row: Mapping[str, Any], number: int, shared: Mapping[str, Any], output: str, themes: Themes) -> Entry:
    name = row.get("name")
    where = f"[[{DOCS}]] {f'`{name}`' if isinstance(name, str) and name else f'number {number}'}"
    own = keys.read(row, keys.with_themes(keys.ENTRY, themes), where)
    for needed, example in (("name", "net"), ("target", "model.py:build")):
        if needed not in own:
            raise SettingsError(f"{where} has no `{needed}`", hint=f'{needed} = "{example}"')
    if not NAME.fullmatch(own["name"]):
        raise SettingsError(f"{where}: a name is a file name without its extension: letters, digits, `_`, `-` and `.`")
    if ("from" in own) != ("to" in own):
        raise SettingsError(f"{where}: `from` and `to` belong together", hint='from = "encoder", to = "head"')
    made = _made({**shared, **own}, output, themes)
    if made.against:
        _check_comparison(made, where)
    _check_grammar(made.request, where)
    return made


def _check_comparison(entry: Entry, where: str) -> None:
    """Refuses formats that comparisons have not, and colours that mean something else in them."""
    odd = [artefact.format for artefact in entry.artefacts if artefact.format not in COMPARED]
    if odd:
        raise SettingsError(
            f"{where}: `{odd[0]}` is no picture of a comparison", details=(f"formats: {', '.join(COMPARED)}",)
        )
    if entry.look.color_by != "kind":
        raise SettingsError(f"{where}: the colours of a comparison say what changed, so there is no `color-by`")


def _check_grammar(request: Request, where: str) -> None:
    """Refuses a target, an argument or an input that is none, before anything heavy is loaded."""
    try:
        targets.parse(request.target, request.arguments)
        parsed(request.inputs)
    except TorchvizError as error:
        raise SettingsError(f"{where}: {error.message}", details=error.details) from None


def _made(given: Mapping[str, Any], output: str, themes: Themes) -> Entry:
    name = given["name"]
    request = Request(
        given["target"], given.get("input", ()), given.get("arg", ()), given.get("train", False),
        given.get("seed", 0), given.get("tracer", "runtime"), given.get("level", "function"),
    )  # fmt: skip
    view = ViewOptions(
        given.get("depth", "auto"), given.get("fold", True), focus=given.get("focus"), start=given.get("from"),
        end=given.get("to"),
    )  # fmt: skip
    title, alt = given.get("title", ""), given.get("alt", "")
    return Entry(
        name, request, view, tuple(_artefacts(given, output, themes)), f"{output}{GRAPHS}/{name}.json", title, alt,
        given.get("raises", False), given.get("against", ""),
    )  # fmt: skip


def _artefacts(given: Mapping[str, Any], output: str, themes: Themes) -> Iterator[Artefact]:
    theme = given.get("theme", "auto")
    look = RenderOptions(
        theme, given.get("color-by", "kind"), given.get("direction", "TB"), given.get("engine", "native"),
        given.get("scale", 2.0), given.get("source-url", ""), given.get("title", ""), given.get("alt", ""),
    )  # fmt: skip
    light, dark = _sides(theme)
    for format in given.get("formats", ("svg",)):
        files = {"-light": light, "-dark": dark} if dark and format in PAIRED else {"": light}
        for ending, name in files.items():
            path = f"{output}{given['name']}{ending}.{format}"
            yield Artefact(path, format, own_themes.resolved(replace(look, theme=name), themes), name)


def _sides(theme: str) -> tuple[str, str]:
    """The themes of the files of an entry: one, or the light and the dark one of a pair."""
    if theme != keys.PAIR and not theme.endswith(f"-{keys.PAIR}"):
        return theme, ""
    return theme.removesuffix(keys.PAIR) + "light", theme.removesuffix(keys.PAIR) + "dark"


def _check_apart(entries: Sequence[Entry]) -> None:
    """No two entries have one name, nor one file, also where capitals make no difference."""
    owners: dict[str, Entry] = {}
    names: set[str] = set()
    for entry in entries:
        if entry.name in names:
            raise SettingsError(
                f"two entries of [[{DOCS}]] are named `{entry.name}`", hint="a name of its own for each"
            )
        names.add(entry.name)
        for path in (entry.kept, *(artefact.path for artefact in entry.artefacts)):
            other = owners.setdefault(path.casefold(), entry)
            if other is not entry:
                raise SettingsError(
                    f"`{other.name}` and `{entry.name}` of [[{DOCS}]] are written to one file, {path}",
                    hint="other names, that differ by more than capitals",
                )
