"""M001: parts of a model in training and parts in evaluation, and dropout that does not ask for the mode."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from graphviz_torch.check.describe import built, module_at
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.rule import Rule
from graphviz_torch.ir.graph import Module, Node, SourceLocation

DROPOUT = "torch.nn.modules.dropout."
NORMS = "torch.nn.modules.batchnorm."
FUNCTIONS = frozenset(
    ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout", "feature_dropout")
)
ATTENTION = "scaled_dot_product_attention"
# The place of `training` among the arguments, as `torch.nn.functional` and `torch` have it.
PLACE = 2


def mixed(evidence: Evidence) -> Iterator[Finding]:
    """What drops or keeps statistics in evaluation, and what was left in evaluation by hand before training."""
    if not evidence.complete:
        return
    if evidence.graph.origin.training:
        yield from _left_behind(evidence)
    else:
        yield from _still_training(evidence)


# ---- in evaluation


def _still_training(evidence: Evidence) -> Iterator[Finding]:
    for node in evidence.graph.nodes:
        if node.kind != "call":
            continue
        name = node.name.strip("_")
        arguments = dict(node.attributes)
        module = module_at(evidence.index, node.module_call)
        if module is None:
            continue
        if (
            name in FUNCTIONS
            and arguments.get("p") != 0.0
            and arguments.get("training", arguments.get("train")) is True
        ):
            if module.type.startswith(DROPOUT):
                yield _stuck(evidence, module, node, "drops values")
            elif not _asked(evidence, node):
                yield _always(
                    evidence, module, node, f"`{name}` has no `training=`, and drops values in evaluation too"
                )
        elif name == ATTENTION and arguments.get("dropout_p"):
            yield _always(
                evidence, module, node, f"`dropout_p={arguments['dropout_p']}` drops values in evaluation too"
            )
        elif name == "batch_norm" and arguments.get("training") is True and arguments.get("running_mean") is not None:
            yield _stuck(evidence, module, node, "takes the statistics of the batch")


def _asked(evidence: Evidence, node: Node) -> bool:
    """Whether the call says itself that it is to drop: `training=True`, as for several draws of one answer."""
    if node.source is None:
        return True
    for call in _calls(evidence.lines.call(node.source)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name == node.name:
            named = any(word.arg in ("training", "train", None) for word in call.keywords)
            return named or len(call.args) > PLACE or any(isinstance(arg, ast.Starred) for arg in call.args)
    return True


def _calls(text: str) -> list[ast.Call]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _always(evidence: Evidence, module: Module, node: Node, message: str) -> Finding:
    wanted = "dropout_p=... if self.training else 0.0" if node.name == ATTENTION else "training=self.training"
    return Finding(
        "M001",
        "warning",
        message,
        module=module.path,
        type=built(module),
        op=node.id,
        source=node.source,
        notes=("two calls of the model in evaluation give two answers",),
        help=f"`{wanted}`",
    )


def _stuck(evidence: Evidence, module: Module, node: Node, does: str) -> Finding:
    """A layer that is in training although the model is in evaluation."""
    place = evidence.place(module.path)
    at = f" at {node.source.file}:{node.source.line}" if node.source is not None else ""
    return Finding(
        "M001",
        "warning",
        f"`{module.path}` is in training while the model is in evaluation: it {does}",
        module=module.path,
        type=built(module),
        op=node.id,
        source=place,
        notes=(f"`eval()` of the model does not reach it, or `train()` was called on it since; it runs{at}",),
    )


# ---- in training


def _left_behind(evidence: Evidence) -> Iterator[Finding]:
    """The outermost modules that were in evaluation while the model around them was in training.

    Not those that learn nothing, not norms alone, whose statistics are often frozen on purpose, and not what an
    override of `train` keeps in evaluation: the run was one of training, and they would not have followed.
    """
    root = evidence.index.modules[""]
    if not root.training:
        return
    followed = _in_training(evidence)
    for module in evidence.graph.modules:
        outer = evidence.index.modules.get(module.path.rpartition(".")[0])
        if module.training or outer is None or not outer.training:
            continue
        inner = _within(evidence, module)
        learns = any(tensor.meta.requires_grad for one in inner for tensor in one.parameters)
        minds = [one for one in inner if one.path in followed]
        if learns and minds and any(not one.type.startswith(NORMS) and one.parameters for one in inner):
            yield _behind(evidence, module, minds)


def _in_training(evidence: Evidence) -> frozenset[str]:
    """Paths of the layers to which the mode matters and that ran in training."""
    found = set()
    for node in evidence.graph.nodes:
        if node.name in ("batch_norm", *FUNCTIONS) and dict(node.attributes).get("training") is True:
            module = module_at(evidence.index, node.module_call)
            if module is not None:
                found.add(module.path)
    return frozenset(found)


def _within(evidence: Evidence, module: Module) -> list[Module]:
    prefix = f"{module.path}."
    return [one for one in evidence.graph.modules if one.path == module.path or one.path.startswith(prefix)]


def _behind(evidence: Evidence, module: Module, minds: list[Module]) -> Finding:
    source: SourceLocation | None = evidence.place(module.path)
    kinds = ", ".join(dict.fromkeys(one.type_name for one in minds))
    return Finding(
        "M001",
        "warning",
        f"`{module.path}` is in evaluation while the model is in training",
        module=module.path,
        type=built(module),
        source=source,
        notes=(
            f"{len(minds)} of its layers mind the mode: {kinds}",
            "its weights learn all the same; where it is meant to be frozen, `requires_grad_(False)` says so",
        ),
    )


RULES = (Rule("M001", "parts in train mode, parts in eval", "warning", mixed, default=True),)
