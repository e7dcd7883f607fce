"""Which calls become frames, which nodes stand for a whole call or for others too, and where each of them is."""

from __future__ import annotations

from collections import Counter, defaultdict

from graphviz_torch.ir.graph import Json, Module, ModuleCall, Node
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.layout.tree import Body, Item

MANY_OUTPUTS = 2
MANY_INPUTS = 6
GRADIENT = ".grad"


class Grower:
    """Places every node of a graph in the frame where it is drawn."""

    def __init__(self, index: GraphIndex) -> None:
        self.index = index
        self.graph = index.graph
        self.folds = {a.target: a.payload for a in self.graph.annotations if a.key == "fold"}
        self.changed = {a.target for a in self.graph.annotations if a.key == "change"}
        self.together = {group[0].id: group for group in self._same_readers()}
        self.sizes = self._sizes()
        self.canvas = Body(None, None, 0)
        self.bodies: dict[str | None, Body] = {None: self.canvas}
        self.passed: dict[str, Json] = {}
        self.items: dict[str, Item] = {}
        self.outputs: dict[str, Item] = {}
        self.failed: Item | None = None
        for call in self.graph.calls:
            self._frame(call)

    def _same_readers(self) -> list[tuple[Node, ...]]:
        """Inputs that the same nodes read, where there are many; not those of which a comparison says something."""
        found: dict[tuple[str, ...], list[Node]] = defaultdict(list)
        for node in self.graph.nodes:
            if node.kind == "input" and node.id not in self.changed and len(node.results) == 1:
                found[self.index.consumers.get(node.results[0], ())].append(node)
        return [tuple(group) for readers, group in found.items() if readers and len(group) > MANY_INPUTS]

    def _sizes(self) -> Counter[str | None]:
        """How many items each call holds."""
        sizes: Counter[str | None] = Counter()
        for node in self.graph.nodes:
            if node.kind in ("call", "module"):
                sizes[node.module_call] += 1
        failure = self.graph.failure
        if failure and failure.node is None:
            sizes[failure.module_call] += 1
        for call in reversed(self.graph.calls):
            if sizes[call.id]:
                sizes[call.parent] += 1
        return sizes

    def _frame(self, call: ModuleCall) -> None:
        """Gives a call a frame of its own, unless it holds one item only and nothing is said of it."""
        parent = self.bodies[call.parent]
        fold = self.folds.get(call.id) or self.passed.get(call.parent or "")
        if self.sizes[call.id] >= 2 or self._changed_wrapper(call):
            shown = self._shown(call)
            self.bodies[call.id] = Body(shown, parent, parent.depth + 1, call.path or parent.path, fold=fold)
        else:
            self.bodies[call.id] = parent
            if fold is not None:
                self.passed[call.id] = fold

    def _changed_wrapper(self, call: ModuleCall) -> bool:
        """Whether a call around one frame has changed itself."""
        inner = self.index.call_children.get(call.id, ())
        return call.id in self.changed and any(self.sizes[child] for child in inner)

    def _shown(self, call: ModuleCall) -> ModuleCall:
        """The call that a frame is named after: the layer, where it is nothing but the function in the frame."""
        around = self.index.calls.get(call.parent or "")
        if call.kind == "operation" and around is not None and around.kind == "module" and self.sizes[around.id] == 1:
            return around
        return call

    def place_nodes(self) -> None:
        """Makes an item for each node."""
        homes = self._leaf_homes()
        for node in self.graph.nodes:
            if node.kind in ("call", "module"):
                self._place(node, self.bodies.get(node.module_call, self.canvas))
            elif node.kind == "input":
                self._place_input(node)
            elif node.kind == "output":
                self._place_output(node)
            else:
                self._place(node, homes.get(node.id, self.canvas))

    def _place(self, node: Node, body: Body) -> None:
        if body.item is None:
            self._attach(body)
        item = self.items[node.id] = body.add(node)
        call, fold = node.module_call, self.folds.get(node.id)
        if call is not None and self.sizes[call] == 1:
            item.call = self.index.calls[call] if node.kind == "call" else None
            fold = fold or self.passed.get(call)
        item.fold = fold

    def _place_input(self, node: Node) -> None:
        """Draws inputs together that the same nodes read where there are many, as of a cache for each layer."""
        if node.id in self.items:  # it was placed with the first of them
            return
        self._place(node, self.canvas)
        item = self.items[node.id]
        item.others = self.together.get(node.id, ())[1:]
        self.items.update((other.id, item) for other in item.others)

    def _place_output(self, node: Node) -> None:
        """Draws outputs of one value together where there are many, as there are after a fold."""
        value = node.operands[0] if node.operands else ""
        if value and len(self.index.consumers[value]) > MANY_OUTPUTS:
            first = self.outputs.get(value)
            if first is not None:
                first.others += (node,)
                self.items[node.id] = first
                return
        self._place(node, self._end(node, value))
        self.outputs[value] = self.items[node.id]

    def _end(self, node: Node, value: str) -> Body:
        """The gradient of a parameter ends in the frame of its module, where that is made; all else on the canvas."""
        owner, _, parameter = node.name.removesuffix(GRADIENT).rpartition(".")
        module = self.index.modules.get(owner)
        maker = self.index.values.get(value)
        if module is None or maker is None or node.name != f"{owner}.{parameter}{GRADIENT}".lstrip("."):
            return self.canvas
        if all(tensor.name != parameter for tensor in module.parameters):
            return self.canvas
        body: Body | None = self.items[maker.producer].body
        while body is not None and not f"{owner}.".startswith(f"{body.path}." if body.path else ""):
            body = body.parent
        return body or self.canvas

    def _attach(self, body: Body) -> None:
        """Makes a frame an item of the frame around it, and so on up."""
        missing = []
        while body.item is None and body.parent is not None:
            missing.append(body)
            body = body.parent
        for inner in reversed(missing):
            if inner.parent is not None:
                inner.item = inner.parent.add(inner=inner, call=inner.call)
                inner.item.fold = inner.fold

    def _leaf_homes(self) -> dict[str, Body]:
        """For each parameter, buffer and constant: the innermost frame around all its readers."""
        leaves = {node.id for node in self.graph.nodes if node.kind in ("parameter", "buffer", "constant")}
        homes: dict[str, Body] = {}
        if not leaves:
            return homes
        for producer, consumer, _ in self.index.edges():
            if producer in leaves:
                reader = self.index.nodes[consumer]
                inner = self.canvas if reader.kind == "output" else self.bodies.get(reader.module_call, self.canvas)
                homes[producer] = _common(homes[producer], inner) if producer in homes else inner
        return homes

    def place_failure(self) -> None:
        """Finds the item that failed, or makes one where the exception came from between operations."""
        failure = self.graph.failure
        if failure is None:
            return
        if failure.node in self.items:
            self.failed = self.items[failure.node]
        else:
            body = self.bodies.get(failure.module_call, self.canvas)
            self._attach(body)
            call = self.index.calls.get(failure.module_call or "")
            alone = call if call and self.sizes[call.id] == 1 else None
            self.failed = body.add(call=alone)
        self._place_ghosts()

    def _place_ghosts(self) -> None:
        """Adds to each frame around the failure the modules in it that were never called."""
        called = _with_parents(
            [*(call.path for call in self.graph.calls), *(n.name for n in self.graph.nodes if n.kind == "module")]
        )
        below: dict[str, list[Module]] = defaultdict(list)
        for module in self.graph.modules:
            parent = module.path.rpartition(".")[0]
            if module.path and module.path not in called:
                below[parent].append(module)
        body = self.failed.body if self.failed else None
        while body is not None and body.call is not None:
            if body.call.kind == "module" and (ghosts := below.get(body.call.path)):
                body.add().ghosts = tuple(ghosts)
            body = body.parent


def _with_parents(paths: list[str]) -> set[str]:
    """Module paths, and those of the modules around them."""
    found: set[str] = set()
    for path in paths:
        while path and path not in found:
            found.add(path)
            path = path.rpartition(".")[0]
    return found


def _common(one: Body, other: Body) -> Body:
    """The innermost frame around two frames."""
    while one is not other:
        if one.depth >= other.depth and one.parent is not None:
            one = one.parent
        elif other.parent is not None:
            other = other.parent
    return one
