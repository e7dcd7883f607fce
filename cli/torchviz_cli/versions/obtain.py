"""From two sides to two graphs: saved ones are read here, each of the others comes from a process of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graphviz_torch import api
from graphviz_torch.errors import GraphFormatError, TargetError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.ir.reading import Reader
from graphviz_torch.trace import targets
from torchviz_cli import ends
from torchviz_cli.console import Console
from torchviz_cli.graphs import Request
from torchviz_cli.versions import child, processes
from torchviz_cli.versions.child import Orders, Outcome
from torchviz_cli.versions.locate import Place, locate
from torchviz_cli.versions.repository import SHORT, content, is_clean
from torchviz_cli.versions.scratch import scratch
from torchviz_cli.versions.sides import HEAD, Side
from torchviz_cli.versions.sources import source_files
from torchviz_cli.versions.tree import write_tree

INPUT_FILE = re.compile(r"((?:[^=@]*=)?@)(.+)", re.DOTALL)
# The first word of a command line.
WORD = re.compile(r"('[^']*'|[^ ]+)")
Notes = tuple[str, ...]
SAID_LINES = 12


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a comparison.

    Attributes:
        name: for people.
        raised: what the model raised, one fact a line; empty where it ran to its end.
        files: where the source files lie, from the root of the repository.
    """

    graph: Graph
    name: str
    raised: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Job:
    """A side that has to be traced."""

    side: Side
    other: Side
    request: Request
    place: Place | None
    is_old: bool


def obtain_both(
    old: Side, new: Side, requests: tuple[Request, Request], console: Console, *, follow: bool
) -> tuple[Version, Version]:
    """The graphs of two sides.

    Args:
        follow: whether a side is traced as the saved graph on the other side was.

    Raises:
        TorchvizError: a revision, a file, a model or an input is not right.
    """
    wanted = (old, new)
    places = [None if side.revision is None else locate(side, new) for side in wanted]
    reader = Reader()
    saved = [_saved(side, place, reader) for side, place in zip(wanted, places, strict=True)]
    jobs = [
        None
        if graph is not None
        else _Job(side, facing, _like(request, other) if follow else request, place, side is old)
        for graph, other, side, facing, request, place in zip(
            saved, reversed(saved), wanted, reversed(wanted), requests, places, strict=True
        )
    ]
    with processes.cleanly_terminated():
        traced = _traced([job for job in jobs if job is not None], reader, console)
    versions = [
        Version(graph, side.text) if graph is not None else next(traced)
        for graph, side in zip(saved, wanted, strict=True)
    ]
    return versions[0], versions[1]


def _saved(side: Side, place: Place | None, reader: Reader) -> Graph | None:
    """The graph of a side that names a saved one."""
    target = targets.parse(side.target)
    if not target.is_graph:
        return None
    if place is None:
        _check_there(target.locator)
    try:
        if place is not None:
            return reader.loads(content(place.repository, place.commit, place.path))
        return api.load(target.locator, reader)
    except GraphFormatError as error:
        raise GraphFormatError(f"{side.text}: {error.message}", details=error.details, hint=error.hint) from error


def _check_there(locator: str) -> None:
    file = Path(locator)
    if not file.is_file():
        near = sorted(path.name for path in file.parent.glob("*.json"))[:SAID_LINES] if file.parent.is_dir() else []
        details = (f"here are: {', '.join(near)}",) if near else ()
        raise TargetError(f"there is no file `{locator}`", details=details)


def _like(request: Request, other: Graph | None) -> Request:
    """The request, traced as the saved graph on the other side was."""
    if other is None:
        return request
    return replace(request, tracer=other.origin.tracer, level=other.origin.level, train=other.origin.training)


def _traced(jobs: Sequence[_Job], reader: Reader, console: Console) -> Iterator[Version]:
    """Writes the trees, then runs every side at the same time."""
    if not jobs:
        return iter(())
    with scratch() as folder, console.stage("tracing"):
        prepared = [_prepared(job, folder / str(number), folder) for number, job in enumerate(jobs)]
        statuses = processes.run([job[:3] for job in prepared], jobs[0].request.timeout)
        found = []
        alike = _failed_alike([place for place, *_ in prepared])
        for job, status, (place, _, _, notes, lacks) in zip(jobs, statuses, prepared, strict=True):
            _pass_on(place, console)
            outcome = _outcome(job, place, status, lacks, alike=alike)
            graph = api.load(place / child.GRAPH, reader)
            files = source_files(graph, job.side, job.place)
            found.append(Version(graph, _name(job), outcome.raised, (*notes, *lacks, *outcome.notes), files))
    return iter(found)


def _prepared(job: _Job, place: Path, folder: Path) -> tuple[Path, Orders, Path, Notes, Notes]:
    """The folder of a process, its orders, the folder it runs in, notes, and what its tree lacks."""
    place.mkdir()
    request = replace(job.request, inputs=tuple(_absolute(text) for text in job.request.inputs))
    found = job.place
    if found is None:
        return place, Orders(replace(request, target=job.side.target), scratch=str(folder)), Path.cwd(), (), ()
    tree = place / "tree"
    lacks = write_tree(found.repository, found.commit, tree)
    inside = found.inside if (tree / found.inside).is_dir() else ""
    working = "" if found.repository.top is None else str(found.repository.top)
    orders = Orders(replace(request, target=found.spelled(inside)), working, str(tree), str(folder))
    return place, orders, tree / inside, _commit_notes(job.side, found), lacks


def _absolute(text: str) -> str:
    """An input whose file is found from any folder."""
    match = INPUT_FILE.fullmatch(text)
    if match is None or Path(match[2]).is_absolute() or match[2] == "-":
        return text
    return f"{match[1]}{Path.cwd().as_posix()}/{match[2]}"


def _commit_notes(side: Side, place: Place) -> tuple[str, ...]:
    """Which commit a word stands for, and whether anything differs from it at all."""
    revision = side.revision or ""
    notes = [] if place.commit.startswith(revision) else [f"{revision} is {place.commit[:SHORT]}"]
    if side.from_here and is_clean(place.repository, place.commit):
        notes.append(f"the working tree does not differ from {revision} in any file that git follows")
    return tuple(notes)


def _name(job: _Job) -> str:
    """The text, and which files are meant where the other side is of a revision."""
    plain = job.place is not None or job.other.revision is None
    return job.side.text if plain else f"{job.side.text} (working tree)"


def _pass_on(place: Path, console: Console) -> None:
    """What the user's code has printed."""
    said = (place / child.SAID).read_text(encoding="utf-8", errors="replace").rstrip("\n")
    if said:
        console.note(said)


def _failed_alike(places: Sequence[Path]) -> bool:
    """Whether both sides say the same of what is wrong, so that one target is wrong for both."""
    found = [child.read_outcome(place) for place in places]
    errors = [outcome.message for outcome in found if outcome is not None and outcome.kind == "error"]
    return len(errors) == 2 and errors[0] == errors[1]


def _outcome(job: _Job, place: Path, status: int | None, lacks: Notes, *, alike: bool) -> Outcome:
    """What a process found.

    Args:
        lacks: what its tree lacks, which may be why it failed.
        alike: whether the other side failed in the same way.

    Raises:
        TargetError: the target, the model or an input is not right, or the process died.
        RuntimeError: a fault of ours.
    """
    outcome = child.read_outcome(place)
    if outcome is None:
        raise _ended(job, place, status, lacks)
    if outcome.kind == "fault":
        raise RuntimeError(f"{job.side.text}: {outcome.message} ({', '.join(outcome.details)})")
    if outcome.kind == "error":
        details = (*outcome.details, *lacks)
        raise TargetError(
            f"{job.side.text}: {outcome.message}", details=details, hint=_hint(job, outcome.hint, alike=alike)
        )
    return outcome


def _ended(job: _Job, place: Path, status: int | None, lacks: Notes) -> TargetError:
    """What to say of a process that could say nothing itself."""
    if status is None:
        said, hint = ends.overdue(job.request.timeout), None
    else:
        said, hint = ends.how(status), ends.hint(status)
    details = (*child.fault_places(place), *_last_words(place), *lacks)
    return TargetError(f"{job.side.text}: {said}", details=details, hint=hint)


def _last_words(place: Path) -> tuple[str, ...]:
    said = (place / child.SAID).read_text(encoding="utf-8", errors="replace").splitlines()
    return tuple(said[-SAID_LINES:])


def _hint(job: _Job, hint: str | None, *, alike: bool) -> str | None:
    """A line to type that fits a comparison, with the side that was wrong put right."""
    command = "torchviz-cli render "
    if hint is None or not hint.startswith(command):
        return hint
    match = WORD.match(hint.removeprefix(command))
    if match is None:
        return None
    target, rest = match[1], hint[len(command) + match.end() :]
    if alike and job.side.from_here:
        against = "" if job.side.revision == HEAD else f" --against {job.side.revision}"
        return f"torchviz-cli diff {target}{against}{rest}"
    if job.place is not None and job.place.path:
        _, dot, tail = target.partition(".py")
        target = f"{job.side.revision}:{job.place.path.removesuffix('.py')}{dot}{tail}"
    both = (target, job.other.text) if job.is_old else (job.other.text, target)
    return f"torchviz-cli diff {' '.join(both)}{rest}"
