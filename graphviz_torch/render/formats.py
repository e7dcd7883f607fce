"""The table of formats: name to `module:function`, loaded on demand.

A renderer is `render(graph, options) -> bytes`; other distributions add theirs through the entry point group
`graphviz_torch.renderers`. The name is also the file extension.
"""

GROUP = "graphviz_torch.renderers"

FORMATS = {
    "svg": "graphviz_torch.render.svg:render",
    "png": "graphviz_torch.render.png:render",
    "pdf": "graphviz_torch.render.pdf:render",
    "dot": "graphviz_torch.render.dot:render",
    "mmd": "graphviz_torch.render.mermaid:render",
    "json": "graphviz_torch.render.json:render",
    "txt": "graphviz_torch.render.text:render",
}

ALIASES = {"gv": "dot", "mermaid": "mmd", "text": "txt"}

# Formats that keep the graph as it was traced: no view is taken of it.
WHOLE_GRAPH = frozenset(("json",))

# Formats that `--engine dot` can make, by the name that the program has for them.
DRAWN_BY_DOT = frozenset(("svg", "png", "pdf"))
