"""The public names stay what they are, whatever is loaded."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import graphviz_torch
from graphviz_torch.ir.graph import Graph

before = [getattr(graphviz_torch, name) for name in graphviz_torch.__all__]
graph = Graph("Nothing")
graphviz_torch.render_diff(graph, graph, graphviz_torch.diff(graph, graph), "svg")
graphviz_torch.render(graph, "svg")
assert [getattr(graphviz_torch, name) for name in graphviz_torch.__all__] == before
"""


def test_no_package_takes_the_place_of_a_function_of_its_name() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
