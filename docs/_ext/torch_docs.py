"""Layers lead to their page in the documentation of PyTorch, by its address alone: no site is asked for a list."""

import re

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.typing import ExtensionMetadata

LAYER = re.compile(r"(?:torch\.)?nn\.([A-Z]\w+)")
PAGE = "https://docs.pytorch.org/docs/stable/generated/torch.nn.{0}.html#torch.nn.{0}"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Joins in where Sphinx looks for names; pictures ask there too."""
    app.connect("missing-reference", _layer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _layer(app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.Element) -> nodes.Element | None:
    """A reference to a layer of `torch.nn`."""
    found = LAYER.fullmatch(node["reftarget"])
    if node.get("refdomain") != "py" or not found:
        return None
    return nodes.reference("", "", shown, internal=False, refuri=PAGE.format(found[1]))
