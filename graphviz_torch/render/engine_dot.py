"""The dot engine: the user's own Graphviz places the nodes, in a process of its own and within a time limit."""

from __future__ import annotations

import warnings

from graphviz_torch.errors import EngineWarning
from graphviz_torch.ir.graph import Graph
from graphviz_torch.render.options import RenderOptions

PROGRAM = "dot"
SECONDS = 20.0
PIXELS_PER_INCH = 96


def draw(graph: Graph, options: RenderOptions, format: str, *, seconds: float = SECONDS) -> bytes | None:
    """The picture in one of the formats `svg`, `png`, `pdf`.

    Returns:
        `None`, after an EngineWarning of one line, where Graphviz is missing, fails or runs out of time.
    """
    import subprocess

    from graphviz_torch.render import dot

    resolution = [f"-Gdpi={round(PIXELS_PER_INCH * options.scale)}"] if format == "png" else []
    try:
        done = subprocess.run(
            [PROGRAM, f"-T{format}", *resolution],
            input=dot.render(graph, options),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError:
        return _undrawn("Graphviz' `dot` is not on the PATH (apt install graphviz, brew install graphviz)")
    except OSError as error:
        return _undrawn(f"Graphviz' `dot` cannot be run: {error}")
    except subprocess.TimeoutExpired:
        return _undrawn(f"Graphviz' `dot` took longer than {seconds:g} s; a smaller --depth may help")
    if done.returncode != 0 or not done.stdout:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        return _undrawn(f"Graphviz' `dot` failed: {said or f'exit status {done.returncode}'}")
    return done.stdout


def _undrawn(why: str) -> bytes | None:
    warnings.warn(f"{why}; drawn with the native engine instead", EngineWarning, stacklevel=4)
    return None
