"""Bytes of SVG for each drawn node, beyond a fixed 6 KiB: of the gallery, or of `GRAPH.json ...`.

A drawn node is a card or a frame. Each graph is drawn as it is by default, and with every operation.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.common import ROOT
from graphviz_torch import api
from graphviz_torch.passes.options import ViewOptions

FIXED, MOST = 6144, 400
NODE = re.compile(r' transform="translate\(|<rect class="g')
VIEWS = {"default": ViewOptions(), "every operation": ViewOptions(depth="all", fold=False)}


def main(paths: Sequence[str]) -> int:
    """Says how many bytes there are; returns how many pictures have too many."""
    places = [Path(path) for path in paths] or sorted((ROOT / "docs/gallery/graphs").glob("*.json"))
    found = {
        f"{place.stem}, {name}": measured(api.render(api.load(place), "svg", view).decode("utf-8"))
        for place in places
        for name, view in VIEWS.items()
    }
    over = {name: size for name, size in found.items() if size > MOST}
    for name, size in sorted(over.items(), key=lambda pair: -pair[1]):
        print(f"{size:6.1f}  {name}")
    values = found.values()
    print(f"{len(found)} pictures: median {median(values):.0f}, most {max(values):.0f}; {len(over)} above {MOST}")
    return len(over)


def measured(svg: str) -> float:
    """Bytes for each node beyond the fixed ones; no script, and every text is one."""
    root = ET.fromstring(svg)
    assert not [element for element in root.iter() if element.tag.endswith("}script") or "onclick" in element.attrib]
    assert "user-select" not in svg
    return (len(svg.encode("utf-8")) - FIXED) / len(NODE.findall(svg))


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
