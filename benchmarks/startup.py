"""How long the command takes that needs no torch: --help, --version, drawing a saved graph."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.common import best, compiled, keep, process, table
from benchmarks.graphs import nested
from graphviz_torch.ir import serial

LIMIT = 0.3
RUNS = 10

PROBE = """
import sys
from torchviz_cli.app import main
sys.argv = ["torchviz-cli", *sys.argv[1:]]
try:
    main()
except SystemExit as stopped:
    if stopped.code:
        raise
sys.stdout.flush()
sys.exit(91 if "torch" in sys.modules else 0)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "graph.json"
        graph.write_text(serial.dumps(nested(100)), encoding="utf-8")
        commands = {
            "--help": ["--help"],
            "--version": ["--version"],
            "draw a saved graph (100 operations) as SVG": ["render", str(graph), "-o", str(Path(folder) / "graph.svg")],
            "the same as PNG": ["render", str(graph), "-o", str(Path(folder) / "graph.png")],
            "show a saved graph": ["show", str(graph)],
        }
        rows, figures, kept = [], {}, compiled(Path(folder))
        for name, words in commands.items():
            cost = best([sys.executable, "-m", "torchviz_cli", *words], RUNS, kept)
            torch = process([sys.executable, "-c", PROBE, *words]).code == 91
            rows.append(
                (
                    f"`{name}`",
                    f"{cost.wall:.2f}",
                    f"{cost.cpu:.2f}",
                    "yes" if torch else "no",
                    _verdict(cost.wall, torch),
                )
            )
            figures[name] = {"wall": cost.wall, "cpu": cost.cpu, "torch": torch}
    bare = best([sys.executable, "-c", "pass"], RUNS)
    rows.append(("an empty Python process", f"{bare.wall:.2f}", f"{bare.cpu:.2f}", "no", ""))
    head = ("command", "wall s", "CPU s", "torch imported", f"≤ {LIMIT} s and no torch")
    keep("startup", "Start-up", f"The whole process, best of {RUNS}.\n\n" + table(head, rows), figures)


def _verdict(seconds: float, torch: bool) -> str:
    return "reached" if seconds <= LIMIT and not torch else "missed"


if __name__ == "__main__":
    main()
