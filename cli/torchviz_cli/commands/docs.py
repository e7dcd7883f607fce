"""`torchviz-cli docs`: the pictures that pyproject.toml lists."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphviz_torch.errors import OutputError
from torchviz_cli import options
from torchviz_cli.console import Console
from torchviz_cli.output import say
from torchviz_cli.parameters import Command
from torchviz_cli.reporting import reported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchviz_cli.documents.answers import Answer
    from torchviz_cli.documents.entries import Entry
    from torchviz_cli.documents.pages import Block
    from torchviz_cli.documents.work import Mode, Result


class DocsCommand(Command):
    """A command with a flag that may have a value: `--check`, `--check=bytes`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words of the command line; for typer, which calls it by this name."""
        found: list[str] = super().parse_args(
            ctx, ["--check-bytes" if word == "--check=bytes" else word for word in args]
        )
        return found


KIND = DocsCommand


def docs(
    name: Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Only these entries.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 where a picture no longer shows its model.")
    ] = False,
    check_bytes: Annotated[
        bool, typer.Option("--check-bytes", help="The same as --check=bytes: and where it would be drawn otherwise.")
    ] = False,
    as_list: Annotated[bool, typer.Option("--list", help="Say what there is, and build nothing.")] = False,
    snippet: Annotated[bool, typer.Option("--snippet", help="Print what to put into a page.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write also over files that others made or edited.")] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="N", min=0, help="Processes at a time; 0: one a processor.")
    ] = 0,
    as_json: options.JsonOption = False,
    quiet: options.QuietOption = False,
    traceback: options.TracebackOption = False,
    timeout: options.TimeoutOption = 0.0,
) -> None:
    """Build the pictures that pyproject.toml lists in [[tool.torchviz-cli.docs]], or say which are stale."""
    # What only this command needs is not to slow down the start of the others.
    from torchviz_cli.documents import answers, entries, leftover, pages, project

    console = Console(quiet)
    with reported(console, traceback), contextlib.chdir((found := project.find(Path.cwd())).folder):
        known = entries.read(found)
        wanted = entries.chosen(known, name or ())
        for line in entries.weak(wanted):
            console.note(line)
        if as_list or snippet:
            say(_listed(wanted, as_json=as_json, snippet=snippet))
            return
        if force and (check or check_bytes):
            raise OutputError("--check writes nothing, so there is nothing to --force")
        blocks = pages.find(entries.pages(found), [entry.name for entry in known])
        mode: Mode = "bytes" if check_bytes else "check" if check else "build"
        by_name = {answer.entry.name: answer for answer in _answers(wanted, mode, jobs, timeout, console, force=force)}
        ordered = [by_name[entry.name] for entry in wanted]
        stale = pages.stale(blocks, wanted)
        if mode == "build":
            pages.write(stale, {entry.name: entry for entry in wanted})
        for path in () if name else leftover.left_over(wanted):
            console.note(f"{path} is of no entry any more")
        for error in (error for answer in ordered for error in answers.errors(answer)):
            console.error(error)
        told = answers.as_json(list(map(answers.told, ordered)), stale) if as_json else answers.in_words(ordered)
        say(told)
        if not as_json:
            say(_of_pages(stale, mode))
        raise typer.Exit(answers.exit_code(ordered, () if mode == "build" else stale))


def _of_pages(stale: tuple[Block, ...], mode: Mode) -> str:
    """The pages that were written; or their blocks that are stale, and what to type."""
    if mode == "build":
        return "".join(f"{path}\n" for path in dict.fromkeys(block.path for block in stale))
    told = [f"{block.place}: the block of `{block.name}` is stale\n" for block in stale]
    names = " ".join(dict.fromkeys(block.name for block in stale))
    return "".join([*told, f"to write them: torchviz-cli docs {names}\n"] if told else [])


def _listed(wanted: tuple[Entry, ...], *, as_json: bool, snippet: bool) -> str:
    from torchviz_cli.documents import answers, snippets

    if as_json:
        return answers.as_json(list(map(answers.listed, wanted)))
    if snippet:
        return "\n".join(filter(None, map(snippets.snippet, wanted)))
    rows = [(entry.name, entry.request.target, [file.path for file in entry.artefacts]) for entry in wanted]
    names, targets = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    return "".join(f"{name.ljust(names)}  {target.ljust(targets)}  {' '.join(paths)}\n" for name, target, paths in rows)


def _answers(
    wanted: tuple[Entry, ...], mode: Mode, jobs: int, timeout: float, console: Console, *, force: bool
) -> Iterator[Answer]:
    """What comes of each entry; its files are written as soon as they are there."""
    from torchviz_cli.documents import answers, build, pool
    from torchviz_cli.versions.processes import cleanly_terminated

    if mode == "build":
        build.make_folders(wanted)
    known = {entry.name: entry for entry in wanted}
    with cleanly_terminated():
        for number, result in enumerate(pool.run(wanted, mode, jobs or pool.default_jobs(), timeout, console), 1):
            answer = _answer(known[result.name], result, force=force)
            console.note(f"[{number}/{len(wanted)}] {result.name}: {answers.progress(answer)}")
            yield answer


def _answer(entry: Entry, result: Result, *, force: bool) -> Answer:
    from torchviz_cli.documents import build
    from torchviz_cli.documents.answers import Answer
    from torchviz_cli.documents.work import Problem

    try:
        return Answer(entry, result, build.write(entry, result.files, force=force))
    except OutputError as error:
        return Answer(entry, result, unwritten=Problem(error.message, error.details, error.hint))
