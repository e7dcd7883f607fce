"""From the graph of an entry to the bytes of its files, each with its stamp."""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_torch import api
from graphviz_torch.ir import serial
from graphviz_torch.ir.essence import essence, fingerprint
from graphviz_torch.ir.graph import Graph
from graphviz_torch.render import stamp
from graphviz_torch.render.stamp import Stamp
from graphviz_torch.version import __version__
from torchviz_cli.documents.entries import Artefact, Entry, options


def shown(entry: Entry, graph: Graph) -> Graph:
    """What of a graph makes the files of an entry stale: links name lines, and colours may name devices."""
    return essence(graph, places=bool(entry.look.source_url), devices=entry.look.color_by == "device")


def files(entry: Entry, graph: Graph) -> Mapping[str, bytes]:
    """Every file of an entry by its path: the pictures, and the graph that they are of."""
    kept = shown(entry, graph)
    word = fingerprint(kept)
    found = {artefact.path: _drawn(entry, artefact, graph, word) for artefact in entry.artefacts}
    return {**found, entry.kept: serial.dumps(kept).encode("ascii")}


def _drawn(entry: Entry, artefact: Artefact, graph: Graph, word: str) -> bytes:
    data = api.render(graph, artefact.format, entry.view, artefact.look)
    return stamp.stamped(data, artefact.format, Stamp(word, options(entry, artefact), __version__))
