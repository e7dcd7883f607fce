"""From the graph of an entry to the bytes of its files, each with its stamp."""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_torch import api
from graphviz_torch.diff.options import DiffOptions
from graphviz_torch.ir import serial
from graphviz_torch.ir.essence import essence, fingerprint, fingerprint_of
from graphviz_torch.ir.graph import Graph
from graphviz_torch.render import stamp
from graphviz_torch.render.stamp import Stamp
from graphviz_torch.version import __version__
from torchviz_cli.documents.entries import Artefact, Entry, options
from torchviz_cli.documents.runs import Run


def shown(entry: Entry, graph: Graph) -> Graph:
    """What of a graph makes the files of an entry stale: links name lines, and colours may name devices."""
    return essence(graph, places=bool(entry.look.source_url), devices=entry.look.color_by == "device")


def saved(entry: Entry, graph: Graph) -> str:
    """The same, as it is kept in a file."""
    return serial.dumps(shown(entry, graph))


def word(entry: Entry, run: Run, kept: str) -> str:
    """The fingerprint of what the files of an entry show.

    Args:
        kept: what `saved` made of the graph of the run.
    """
    own = fingerprint_of(kept)
    return own if run.old is None else f"{fingerprint(shown(entry, run.old))}-{own}"


def files(entry: Entry, run: Run) -> Mapping[str, bytes]:
    """Every file of an entry by its path: the pictures, and the graph that they are of."""
    kept = saved(entry, run.graph)
    own = word(entry, run, kept)
    pictures = {artefact.path: _stamped(entry, artefact, run, own) for artefact in entry.artefacts}
    return {**pictures, entry.kept: kept.encode("ascii")}


def _stamped(entry: Entry, artefact: Artefact, run: Run, own: str) -> bytes:
    return stamp.stamped(
        _drawn(entry, artefact, run), artefact.format, Stamp(own, options(entry, artefact), __version__)
    )


def _drawn(entry: Entry, artefact: Artefact, run: Run) -> bytes:
    if run.old is None:
        return api.render(run.graph, artefact.format, entry.view, artefact.look)
    found = api.diff(run.old, run.graph, DiffOptions(old=entry.against, new=entry.request.target))
    return api.render_diff(run.old, run.graph, found, artefact.format, artefact.look, view_options=entry.view)
