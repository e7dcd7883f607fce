"""From the graph of an entry to the bytes of its files, each with its stamp."""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_torch import api
from graphviz_torch.diff.options import DiffOptions
from graphviz_torch.ir import serial
from graphviz_torch.ir.essence import essence, fingerprint
from graphviz_torch.ir.graph import Graph
from graphviz_torch.render import stamp
from graphviz_torch.render.stamp import Stamp
from graphviz_torch.version import __version__
from torchviz_cli.documents.entries import Artefact, Entry, options
from torchviz_cli.documents.runs import Run


def shown(entry: Entry, graph: Graph) -> Graph:
    """What of a graph makes the files of an entry stale: links name lines, and colours may name devices."""
    return essence(graph, places=bool(entry.look.source_url), devices=entry.look.color_by == "device")


def word(entry: Entry, run: Run) -> str:
    """The fingerprint of what the files of an entry show."""
    graphs = [run.graph] if run.old is None else [run.old, run.graph]
    return "-".join(fingerprint(shown(entry, graph)) for graph in graphs)


def files(entry: Entry, run: Run) -> Mapping[str, bytes]:
    """Every file of an entry by its path: the pictures, and the graph that they are of."""
    kept = serial.dumps(shown(entry, run.graph)).encode("ascii")
    own = word(entry, run)
    return {**{artefact.path: _stamped(entry, artefact, run, own) for artefact in entry.artefacts}, entry.kept: kept}


def _stamped(entry: Entry, artefact: Artefact, run: Run, own: str) -> bytes:
    return stamp.stamped(
        _drawn(entry, artefact, run), artefact.format, Stamp(own, options(entry, artefact), __version__)
    )


def _drawn(entry: Entry, artefact: Artefact, run: Run) -> bytes:
    if run.old is None:
        return api.render(run.graph, artefact.format, entry.view, artefact.look)
    found = api.diff(run.old, run.graph, DiffOptions(old=entry.against, new=entry.request.target))
    return api.render_diff(run.old, run.graph, found, artefact.format, artefact.look, view_options=entry.view)
