"""Bytes of SVG for each drawn node, beyond a fixed 6 KiB: of the project's gallery, or of a folder of saved graphs.

A drawn node is a card or a frame. Each graph is drawn as it is by default, and with every operation.
"""

from __future__ import annotations

import argparse
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks.common import ROOT, keep, table
from graphviz_torch import api
from graphviz_torch.passes.options import ViewOptions

FIXED, MOST = 6144, 400
SHOWN = 10
NODE = re.compile(r' transform="translate\(|<rect class="g')
VIEWS = {"default": ViewOptions(), "every operation": ViewOptions(depth="all", fold=False)}


def main() -> int:
    """Keeps how many bytes there are; returns how many pictures have too many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=str(ROOT / "docs/gallery/graphs"), help="with graphs as JSON")
    places = sorted(Path(parser.parse_args().folder).rglob("*.json"))
    found = {
        f"{place.stem}, {name}": measured(api.render(api.load(place), "svg", view).decode("utf-8"))
        for place in places
        for name, view in VIEWS.items()
    }
    return _report(found)


def _report(found: Mapping[str, float]) -> int:
    largest = sorted(found.items(), key=lambda pair: -pair[1])
    over = sum(size > MOST for size in found.values())
    body = (
        f"{len(found)} pictures: median {median(found.values()):.0f} bytes a drawn node beyond {FIXED}, "
        f"{over} above {MOST}. The largest:\n\n"
        f"{table(('graph, view', 'bytes'), [(name, f'{size:.1f}') for name, size in largest[:SHOWN]])}"
    )
    keep("svg_size", "Size of SVG", body, {name: round(size, 1) for name, size in found.items()})
    return over


def measured(svg: str) -> float:
    """Bytes for each node beyond the fixed ones; no script, and every text is one."""
    root = ET.fromstring(svg)
    assert not [element for element in root.iter() if element.tag.endswith("}script") or "onclick" in element.attrib]
    assert "user-select" not in svg
    return (len(svg.encode("utf-8")) - FIXED) / len(NODE.findall(svg))


if __name__ == "__main__":
    sys.exit(bool(main()))
