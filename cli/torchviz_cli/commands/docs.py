"""`torchviz-cli docs`: the pictures that pyproject.toml lists."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torchviz_cli import options
from torchviz_cli.console import Console
from torchviz_cli.output import say
from torchviz_cli.reporting import reported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchviz_cli.documents.answers import Answer
    from torchviz_cli.documents.entries import Entry


def docs(
    name: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these entries.")] = None,
    as_list: Annotated[bool, typer.Option("--list", help="Say what there is, and build nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write also over files that others made or edited.")] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="N", min=0, help="Processes at a time; 0: one a processor.")
    ] = 0,
    as_json: options.JsonOption = False,
    quiet: options.QuietOption = False,
    traceback: options.TracebackOption = False,
    timeout: options.TimeoutOption = 0.0,
) -> None:
    """Build the pictures that pyproject.toml lists in [[tool.torchviz-cli.docs]]."""
    # What only this command needs is not to slow down the start of the others.
    from torchviz_cli.documents import answers, entries, project

    console = Console(quiet)
    with reported(console, traceback):
        found = project.find(Path.cwd())
        wanted = entries.chosen(entries.read(found), name or ())
        with contextlib.chdir(found.folder):
            if as_list:
                _list(wanted, as_json=as_json)
                return
            by_name = {answer.entry.name: answer for answer in _built(wanted, jobs, timeout, console, force=force)}
        ordered = [by_name[entry.name] for entry in wanted]
        for error in (error for answer in ordered for error in answers.errors(answer)):
            console.error(error)
        if as_json:
            say(answers.as_json([answers.told(answer) for answer in ordered]))
        else:
            say("".join(f"{path}\n" for answer in ordered for path in answer.files))
        raise typer.Exit(answers.exit_code(ordered))


def _list(wanted: tuple[Entry, ...], *, as_json: bool) -> None:
    from torchviz_cli.documents import answers

    if as_json:
        say(answers.as_json([answers.listed(entry) for entry in wanted]))
        return
    rows = [(entry.name, entry.request.target, [file.path for file in entry.artefacts]) for entry in wanted]
    names, targets = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    say("".join(f"{name.ljust(names)}  {target.ljust(targets)}  {' '.join(paths)}\n" for name, target, paths in rows))


def _built(wanted: tuple[Entry, ...], jobs: int, timeout: float, console: Console, *, force: bool) -> Iterator[Answer]:
    """Writes the files of each entry as soon as they are there."""
    from graphviz_torch.errors import OutputError
    from torchviz_cli.documents import build, pool
    from torchviz_cli.documents.answers import Answer
    from torchviz_cli.documents.work import Problem
    from torchviz_cli.versions.processes import cleanly_terminated

    build.make_folders(wanted)
    known = {entry.name: entry for entry in wanted}
    with cleanly_terminated():
        results = pool.run(wanted, jobs or pool.default_jobs(), timeout, console)
        for number, result in enumerate(results, 1):
            entry = known[result.name]
            try:
                files = build.write(entry, result.files, force=force)
                answer = Answer(entry, result, files)
            except OutputError as error:
                answer = Answer(entry, result, unwritten=Problem(error.message, error.details, error.hint))
            changed = sum(state == "written" for state in answer.files.values())
            what = answer.state if answer.state != "built" else f"{changed} written" if changed else "unchanged"
            console.note(f"[{number}/{len(wanted)}] {entry.name}: {what}")
            yield answer
