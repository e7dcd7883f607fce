"""Where the classes and operations of a picture are documented: in this project, or in one that intersphinx knows."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.builders import Builder

from graphviz_torch.sites.picture import Links, shorter

KINDS = ("class", "func", "meth")


def found(names: Iterable[str], builder: Builder, page: str) -> Links:
    """The URLs of what is documented, as they count from a page."""
    pairs = ((name, _url(name, builder, page)) for name in names)
    return tuple((name, url) for name, url in pairs if url)


def _url(name: str, builder: Builder, page: str) -> str:
    for form in shorter(name):
        url = _own(form, builder, page) or _foreign(form, builder, page)
        if url:
            return url
    return ""


def _own(name: str, builder: Builder, page: str) -> str:
    """In this project."""
    entry = builder.env.domains.python_domain.objects.get(name)
    if entry is None:
        return ""
    return f"{builder.get_relative_uri(page, entry.docname).partition('#')[0]}#{entry.node_id}"


def _foreign(name: str, builder: Builder, page: str) -> str:
    """Wherever those who resolve references find it: intersphinx is one of them."""
    for kind in KINDS:
        asked = pending_xref("", refdomain="py", reftype=kind, reftarget=name, refdoc=page, refexplicit=False)
        shown = nodes.literal("", name)
        reference = builder.env.events.emit_firstresult("missing-reference", builder.env, asked, shown)
        if isinstance(reference, nodes.reference):
            return str(reference.get("refuri", ""))
    return ""
