"""Finds what signatures name without its module, as they do where a type is imported for type checkers alone."""

from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode
from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Joins in where Sphinx looks for names, and where it writes signatures."""
    app.connect("missing-reference", _found)
    app.connect("autodoc-process-signature", _readable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _found(app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.Element) -> nodes.Element | None:
    """A reference to the one object that ends in this name; `None` where there is none, or several."""
    if node.get("refdomain") != "py" or "." in node["reftarget"]:
        return None
    ending = f".{node['reftarget']}"
    objects = env.domains.python_domain.objects
    found = {entry.node_id: entry for name, entry in objects.items() if name.endswith(ending) and not entry.aliased}
    if len(found) != 1:
        return None
    (entry,) = found.values()
    return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, shown)


def _readable(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str | None, result: str | None
) -> tuple[str | None, str | None]:
    """A signature that can be read as Python: `<factory>` is no default."""
    return signature and signature.replace("<factory>", "..."), result
