"""The fx tracer: the static graph that `torch.fx` reads off a model, with shapes where an input is given."""

from __future__ import annotations

import inspect
import operator
import traceback
from collections.abc import Iterator
from typing import Any

import torch
from torch import fx, nn
from torch.fx.passes.shape_prop import ShapeProp, TensorMetadata

from graphviz_torch.errors import UnsupportedModelError
from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import Graph, Origin, SourceLocation, TensorMeta
from graphviz_torch.ir.literals import Literal, Operand
from graphviz_torch.trace.guard import unchanged
from graphviz_torch.trace.lazy import to_run
from graphviz_torch.trace.metadata import describe, meta
from graphviz_torch.trace.modules import module_tree
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.runtime.arguments import literal
from graphviz_torch.trace.runtime.operations import classify, full_name
from graphviz_torch.trace.runtime.places import is_user, is_user_file
from graphviz_torch.trace.runtime.records import OperandAt
from graphviz_torch.trace.runtime.signatures import parameters
from graphviz_torch.trace.source import Sources
from graphviz_torch.trace.statics import Statics

# What torch.fx says, and what the user wrote.
CONSTRUCTS = (
    ("cannot be iterated", "a loop over a tensor, or unpacking one (`for`, `*x`, `a, b = x`)"),
    ("control flow", "control flow on a value (`if`, `while`, `assert`, `and`)"),
    ("'len' is not supported", "`len()` of a tensor"),
    ("__len__", "`len()` of a tensor"),
    ("**kwargs", "`**kwargs` in the signature of forward"),
    ("item assignment", "a write into a tensor (`x[i] = y`)"),
    ("Proxy", "a function that needs real values and got a stand-in"),
)


def trace(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], options: TraceOptions) -> Graph:
    """Reads the static graph of a model; runs it once, on the given arguments, only for the shapes.

    Without arguments the graph has no shapes.

    Raises:
        UnsupportedModelError: fx cannot follow the model; the message names the construct and the place.
    """
    model, statics = to_run(model, Statics(model))
    sources = Sources(options.roots)
    bound = _bound(model, args, kwargs)
    with unchanged(statics, options.training, options.seed, (args, kwargs)):
        tree = module_tree(statics, sources)
        graph = _symbolic(model, bound if args or kwargs else None, sources)
        constants = _constants(model, graph)
    # Where the model has assigned to its attributes, stand-ins were in them until here.
    with unchanged(statics, options.training, options.seed, (args, kwargs)):
        for name, value in constants.items():
            vars(model).setdefault(name, value)
        traced = fx.GraphModule(model, graph)
        if args or kwargs:
            _propagate(traced, bound, model)
        builder = GraphBuilder(type(model).__name__, _origin(model, options))
        builder.set_modules(tree)
        _Assembly(builder, traced, statics, sources, set(bound) if args or kwargs else None).run()
    return builder.finish()


def _bound(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(inspect.signature(model.forward).bind(*args, **kwargs).arguments)
    except TypeError:
        return {}


def _symbolic(model: nn.Module, bound: dict[str, Any] | None, sources: Sources) -> fx.Graph:
    """The graph of fx; parameters that were not given are fixed at their defaults."""
    fixed = {}
    for name, parameter in inspect.signature(model.forward).parameters.items():
        given = bound is not None and name in bound
        if given and bound is not None and not isinstance(bound[name], torch.Tensor):
            fixed[name] = bound[name]
        elif not given and parameter.default is not parameter.empty:
            fixed[name] = parameter.default
    tracer = fx.Tracer()
    tracer.record_stack_traces = True
    try:
        graph = tracer.trace(model, concrete_args=fixed or None)
    except Exception as error:
        raise _unsupported(model, error, sources) from error
    _drop_checks(graph)
    return graph


def _constants(model: nn.Module, graph: fx.Graph) -> dict[str, Any]:
    """What fx has left in attributes of the model, tensors and other objects, by the names that it gave them."""
    names = [str(node.target) for node in graph.nodes if node.op == "get_attr"]
    return {name: vars(model)[name] for name in names if name in vars(model)}


def _drop_checks(graph: fx.Graph) -> None:
    """Takes out the assertions that fx adds for fixed arguments: the user wrote none of them."""
    for node in [node for node in graph.nodes if node.target is torch._assert]:
        checked = node.args[0]
        if "has been specialized" not in str(node.args[1]):
            continue
        graph.erase_node(node)
        if isinstance(checked, fx.Node) and not checked.users:
            graph.erase_node(checked)


def _propagate(traced: fx.GraphModule, bound: dict[str, Any], model: nn.Module) -> None:
    """Runs the graph for shapes; where it cannot run, the shapes that were found stay."""
    values = []
    for node in traced.graph.nodes:
        if node.op == "placeholder":
            name = str(node.target).removesuffix("_1") if str(node.target) not in bound else str(node.target)
            default = inspect.signature(model.forward).parameters.get(name)
            values.append(bound.get(name, default.default if default is not None else None))
    try:
        with torch.no_grad():
            ShapeProp(traced).propagate(*values)
    except Exception as error:
        raise UnsupportedModelError(
            f"the fx graph does not run on these inputs: {str(error.__cause__ or error).splitlines()[0]}",
            hint="--tracer runtime shows where and why",
        ) from error


def _unsupported(model: nn.Module, error: Exception, sources: Sources) -> UnsupportedModelError:
    text = str(error)
    construct = next((words for key, words in CONSTRUCTS if key in text), text.splitlines()[0] if text else "")
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if is_user(frame.f_code)]
    lines = list(traceback.extract_tb(error.__traceback__))
    details: tuple[str, ...] = ()
    if frames:
        user_files = {frame.f_code.co_filename for frame in frames}
        last = [entry for entry in lines if entry.filename in user_files][-1]
        details = (f"{sources.relative(last.filename)}:{last.lineno} in {last.name}: {last.line}",)
    return UnsupportedModelError(
        f"torch.fx cannot follow {type(model).__name__}: {construct}",
        details=details,
        hint="--tracer runtime draws what really runs",
    )


class _Assembly:
    """Builds our graph from an fx graph."""

    def __init__(
        self, builder: GraphBuilder, traced: fx.GraphModule, statics: Statics, sources: Sources, given: set[str] | None
    ) -> None:
        self._builder = builder
        self._traced = traced
        self._statics = statics
        self._sources = sources
        self._given = given
        self._values: dict[fx.Node, tuple[str, ...]] = {}
        self._leaves: dict[str, str] = {}
        self._open: list[tuple[str, str]] = []
        self._counts: dict[str, int] = {}
        self._modules = dict(traced.named_modules(remove_duplicate=False))

    def run(self) -> None:
        """Adds every node in order."""
        for node in self._traced.graph.nodes:
            if node.op == "placeholder":
                self._placeholder(node)
            elif node.op == "get_attr":
                self._values[node] = (self._leaf(str(node.target)),)
            elif node.op == "output":
                for name, value in _named_nodes(node.args[0], ""):
                    for place, found in enumerate(self._values.get(value, ())):
                        several = len(self._values[value]) > 1
                        self._builder.output(f"{name}[{place}]" if several else name, found)
            else:
                self._operation(node)

    def _placeholder(self, node: fx.Node) -> None:
        if node.users or self._given is None or str(node.target) in self._given:
            self._values[node] = (self._builder.leaf("input", str(node.target), _metas(node)[0]),)

    def _leaf(self, path: str) -> str:
        if path not in self._leaves:
            owner, _, name = path.rpartition(".")
            module = self._modules.get(owner)
            kind = "parameter" if module is not None and name in module._parameters else "constant"
            kind = "buffer" if module is not None and name in module._buffers else kind
            tensor = getattr(module, name, None)
            known = describe(tensor) if isinstance(tensor, torch.Tensor) else TensorMeta()
            self._leaves[path] = self._builder.leaf(kind, path, known)  # type: ignore[arg-type]
        return self._leaves[path]

    def _operation(self, node: fx.Node) -> None:
        if self._picks(node):
            return
        operands: list[str] = []
        args = [self._template(arg, operands) for arg in node.args]
        kwargs = {key: self._template(arg, operands) for key, arg in node.kwargs.items()}
        call = self._enter(node)
        name, op, names = self._called(node)
        if node.op == "call_module":
            for weight in self._weights(str(node.target)):
                operands.append(self._leaf(weight))
        made = self._builder.operation(
            name,
            op,
            operands=tuple(operands),
            metas=_metas(node),
            attributes=(
                *((names[i] if i < len(names) else str(i), literal(arg)) for i, arg in enumerate(args)),
                *((key, literal(arg)) for key, arg in kwargs.items()),
                *self._weight_attributes(node, operands),
            ),
            call=call,
            source=self._place(node),
        )
        self._values[node] = made.results

    def _picks(self, node: fx.Node) -> bool:
        """Whether a node only picks one of several results that are known."""
        if node.op != "call_function" or node.target is not operator.getitem:
            return False
        whole, place = node.args
        found = self._values.get(whole, ()) if isinstance(whole, fx.Node) else ()
        if len(found) < 2 or not isinstance(place, int) or not -len(found) <= place < len(found):
            return False
        self._values[node] = (found[place],)
        return True

    def _template(self, arg: Any, operands: list[str]) -> Any:
        if isinstance(arg, fx.Node):
            found = self._values.get(arg, ())
            places = []
            for value in found:
                operands.append(value)
                places.append(OperandAt(len(operands) - 1))
            return places[0] if len(places) == 1 else tuple(places) if places else None
        if isinstance(arg, (list, tuple)):
            return tuple(self._template(item, operands) for item in arg)
        if isinstance(arg, dict):
            return {key: self._template(item, operands) for key, item in arg.items()}
        if isinstance(arg, slice):
            return slice(*(self._template(end, operands) for end in (arg.start, arg.stop, arg.step)))
        return arg

    def _called(self, node: fx.Node) -> tuple[str, str, tuple[str, ...]]:
        if node.op == "call_module":
            module = self._modules[str(node.target)]
            kind = type(module)
            names = tuple(inspect.signature(module.forward).parameters)
            return kind.__name__.lower(), f"{kind.__module__}.{kind.__qualname__}", names
        if node.op == "call_method":
            return str(node.target), f"torch.Tensor.{node.target}", ("self",)
        target = node.target
        found = classify(target) if callable(target) else None
        name = getattr(target, "__name__", str(target))
        if getattr(target, "__module__", "") == "_operator":
            return name, f"operator.{name}", ()
        op = found.op if found is not None else full_name(target, name) if callable(target) else name
        return (found.name if found is not None else name), op, parameters(target)[0] if callable(target) else ()

    def _weights(self, path: str) -> Iterator[str]:
        for name, _ in self._modules[path].named_parameters():
            yield f"{path}.{name}"

    def _weight_attributes(self, node: fx.Node, operands: list[str]) -> Iterator[tuple[str, Literal]]:
        if node.op == "call_module":
            names = [name for name, _ in self._modules[str(node.target)].named_parameters()]
            for place, name in enumerate(names, len(operands) - len(names)):
                yield name, Operand(place)

    def _place(self, node: fx.Node) -> SourceLocation | None:
        """The innermost line of the user's in the stack that fx wrote down."""
        for line in reversed((node.stack_trace or "").splitlines()):
            words = line.strip()
            if words.startswith('File "'):
                file, _, rest = words.removeprefix('File "').partition('", line ')
                if not is_user_file(file):
                    continue
                number, _, function = rest.partition(", in ")
                return SourceLocation(
                    self._sources.relative(file), int(number), 0, 0, function, self._sources.line(file, int(number))
                )
        return None

    def _enter(self, node: fx.Node) -> str | None:
        """Opens and closes calls so that those around this node are open; returns the innermost."""
        wanted = [("", "")]
        for key, entry in (node.meta.get("nn_module_stack") or {}).items():
            path = entry[0] if isinstance(entry, tuple) else key
            if path:
                wanted.append((str(key), str(path)))
        if node.op == "call_module" and wanted[-1][1] != str(node.target):
            wanted.append((str(node.target), str(node.target)))
        keep = 0
        while keep < min(len(wanted), len(self._open)) and wanted[keep][0] == self._open[keep][0]:
            keep += 1
        if node.op == "call_module" and keep == len(wanted):
            keep -= 1  # a leaf that runs again at once is another call
        del self._open[keep:]
        for key, path in wanted[keep:]:
            count = self._counts.get(path, 0)
            self._counts[path] = count + 1
            parent = self._open[-1][1] if self._open else None
            self._open.append((key, self._builder.enter(path, count, parent)))
        return self._open[-1][1]


def _metas(node: fx.Node) -> tuple[TensorMeta, ...]:
    found = list(_tensor_metas(node.meta.get("tensor_meta")))
    if found:
        return tuple(found)
    return () if "tensor_meta" in node.meta else (TensorMeta(),)


def _tensor_metas(value: Any) -> Iterator[TensorMeta]:
    if isinstance(value, TensorMetadata):
        shape = tuple(int(size) for size in value.shape)
        # fx does not note the device; it ran where the inputs are, which the runtime tracer tells.
        known = meta(shape, value.dtype, torch.device("cpu"), bool(value.requires_grad), tuple(value.stride))
        yield TensorMeta(known.shape, known.dtype, "", known.requires_grad, known.stride, known.bytes)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _tensor_metas(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensor_metas(item)


def _named_nodes(value: Any, name: str) -> Iterator[tuple[str, fx.Node]]:
    if isinstance(value, fx.Node):
        yield name, value
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            yield from _named_nodes(item, f"{name}[{place}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _named_nodes(item, f"{name}[{key!r}]" if name else str(key))


def _origin(model: nn.Module, options: TraceOptions) -> Origin:
    training = model.training if options.training is None else options.training
    version = torch.__version__.partition("+")[0]
    return Origin("fx", "function", options.target, training, torch.is_grad_enabled(), version)
