"""The Sphinx extension: `.. torchviz:: pkg.unet:UNet` draws a model.

extensions = ["graphviz_torch.sphinx"]
torchviz_theme = "auto"      # or another one, also of pyproject.toml
torchviz_source_url = ""     # as in https://host/{file}#L{line}: where nodes link to that are documented nowhere
torchviz_timeout = 300.0     # seconds for each model; 0 for no limit
"""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from graphviz_torch.sphinx import writers
from graphviz_torch.sphinx.directive import Torchviz
from graphviz_torch.version import __version__

SECONDS = 300.0


def setup(app: Sphinx) -> ExtensionMetadata:
    """Adds the directive, its node and the settings."""
    app.add_config_value("torchviz_theme", "auto", "env", types=frozenset({str}))
    app.add_config_value("torchviz_source_url", "", "env", types=frozenset({str}))
    app.add_config_value("torchviz_timeout", SECONDS, "", types=frozenset({int, float}))
    app.add_node(
        writers.torchviz,
        html=(writers.html, None),
        epub=(writers.html, None),
        latex=(writers.latex, None),
        text=(writers.text, None),
        man=(writers.words, None),
        texinfo=(writers.words, None),
    )
    app.add_directive("torchviz", Torchviz)
    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
