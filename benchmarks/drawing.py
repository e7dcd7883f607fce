"""How long a saved graph takes to become an SVG file, whole process, beside Graphviz's `dot`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.common import Cost, best, compiled, keep, process, table
from benchmarks.graphs import chain, nested
from graphviz_torch.ir import serial
from graphviz_torch.ir.graph import Graph

DRAW = """
import sys
from pathlib import Path
from graphviz_torch import api
from graphviz_torch.passes.options import ViewOptions
source, target, depth, fold, format = sys.argv[1:]
options = ViewOptions(depth=depth if not depth.isdigit() else int(depth), fold=fold == "fold")
Path(target).write_bytes(api.render(api.load(source), format, options))
sys.exit(91 if "torch" in sys.modules else 0)
"""
LIMIT = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [
            ("10,000 operations, every one drawn", native(folder, nested(10_000), "all", "plain", runs)),
            ("10,000 operations, default view", native(folder, nested(10_000), "auto", "fold", runs)),
            ("1,000 operations, every one drawn", native(folder, nested(1_000), "all", "plain", runs)),
            ("1,000 operations, `dot` with our DOT", dot(folder, nested(1_000))),
            ("50,000-operation chain, every one drawn", native(folder, chain(50_000), "all", "plain", 1)),
            ("50,000-operation chain, default view", native(folder, chain(50_000), "auto", "fold", 1)),
        ]
    report(rows, runs)


def native(folder: Path, graph: Graph, depth: str, fold: str, runs: int) -> Cost:
    """Load, view, layout and SVG in a fresh process."""
    (folder / "graph.json").write_text(serial.dumps(graph), encoding="utf-8")
    words = [str(folder / "graph.json"), str(folder / "graph.svg"), depth, fold, "svg"]
    return best([sys.executable, "-c", DRAW, *words], runs, compiled(folder))


def dot(folder: Path, graph: Graph) -> Cost | None:
    """What Graphviz takes for the same picture, from a finished DOT file."""
    if shutil.which("dot") is None:
        return None
    source, target = folder / "graph.json", folder / "graph.dot"
    source.write_text(serial.dumps(graph), encoding="utf-8")
    process([sys.executable, "-c", DRAW, str(source), str(target), "all", "plain", "dot"])
    return process(["timeout", "600", "dot", "-Tsvg", str(target), "-o", str(folder / "dot.svg")])


def report(rows: list[tuple[str, Cost | None]], runs: int) -> None:
    """Prints and keeps the figures."""
    lines = []
    for name, cost in rows:
        cells = (f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.peak:.0f}") if cost else ("-", "-", "-")
        lines.append((name, *cells))
    first = rows[0][1]
    verdict = (
        f"The first line is to be at most {LIMIT} s of CPU: {'reached' if first and first.cpu <= LIMIT else 'missed'}."
    )
    body = table(("what", "CPU s", "wall s", "peak MiB"), lines)
    intro = f"From the saved graph to the SVG file, the whole process, best of {runs}. No process imported torch."
    figures = {name: cost and {"cpu": cost.cpu, "wall": cost.wall, "peak": cost.peak} for name, cost in rows}
    keep("drawing", "Drawing", f"{intro}\n\n{body}\n\n{verdict}", figures)


if __name__ == "__main__":
    main()
