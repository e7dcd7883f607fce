"""Saved graphs: nothing is lost, and what is malformed is named with its place."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import jsonschema
import pytest

from graphviz_torch.errors import GraphFormatError
from graphviz_torch.ir import serial
from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import Failure, Graph, Hook, Module, Origin, SourceLocation, Tensor
from graphviz_torch.ir.literals import Literal, Mapping, Operand, Slice, Symbol
from tests.support.graphs import meta, mlp, tower

LITERALS: tuple[Literal, ...] = (
    None, True, 0, -3, 10**30, 1.5, -0.0, float("inf"), float("-inf"), 1 + 2j, "text", '"\n\\<>→😀', "\ud800",
    (), (1, (2.0, "x")), Operand(0), Symbol("dtype", "float16"), Slice(None, 3, Operand(0)),
    Mapping((("a", 1), ("b", (Operand(0), None)))),
)  # fmt: skip


def everything() -> Graph:
    """A graph with something in every field."""
    builder = GraphBuilder("All", Origin("runtime", "both", "model.py:build", True, False, "2.13"))
    place = SourceLocation("a/model.py", 12, 5, 20, "Net.forward", "x = f(x)")
    x = builder.leaf("input", "x", meta(2, 3), source=place)
    root = builder.enter("", 0, None, operands=(x,))
    region = builder.enter("", 0, root, kind="autograd_function", name="Swish", operands=(x,), source=place)
    node = builder.operation(
        "add_", "torch.Tensor.add_", operands=(x, x), metas=(meta(2, 3), meta(dtype="bool")),
        views=((x, 1), (None, 0)), attributes=tuple((str(n), item) for n, item in enumerate(LITERALS)),
        call=region, source=place, grad_fn=("AddBackward0",),
    )  # fmt: skip
    builder.written(node.id, meta(2, 3), x, 2)
    builder.leave(region, node.results)
    builder.enter(
        "", 0, root, kind="operation", name="add", operands=(x,), op="torch.add", attributes=(("a", Operand(0)),)
    )
    builder.output("", node.results[0])
    builder.annotate(node.id, "handled", {"exception": "E", "nested": (1, 2.5, None, {"a": True})})
    builder.diagnose("item", "warning", None, "a message")
    builder.set_modules(
        (
            Module("", "m.All", "k=1", ("other",), (Tensor("w", meta(3), "a.w", True),),
                   (Tensor("b", meta(), None, False),), True, (Hook("forward", "h", False, place),), place),
        )
    )  # fmt: skip
    builder.fail(Failure(node.id, region, "RuntimeError", "no", (place,), "because", ("one", "two"), "try"))
    return builder.finish()


@pytest.mark.parametrize("graph", [mlp(), tower(2, True), everything(), Graph("Empty")], ids=lambda graph: graph.name)
def test_round_trip_keeps_everything(graph: Graph) -> None:
    text = serial.dumps(graph)
    again = serial.loads(text)
    assert again == graph
    assert repr(again) == repr(graph)  # 0 and False, 1.0 and 1, -0.0 and 0.0 are equal but not the same
    assert serial.dumps(again) == text
    assert text.isascii()


@pytest.mark.parametrize("graph", [mlp(), everything()], ids=lambda graph: graph.name)
def test_saved_graphs_obey_the_schema(graph: Graph) -> None:
    schema = serial.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(serial.dumps(graph)))


def test_the_schema_refuses_what_is_wrong() -> None:
    document = json.loads(serial.dumps(mlp()))
    document["nodes"][0]["kind"] = "inputs"
    assert not jsonschema.Draft202012Validator(serial.schema()).is_valid(document)


def test_golden(golden) -> None:
    golden("json/mlp.json", serial.dumps(mlp()))


def test_not_a_number_survives() -> None:
    builder = GraphBuilder("Nan", Origin())
    x = builder.leaf("input", "x", meta(1))
    builder.operation("f", "f", operands=(x,), metas=(meta(1),), attributes=(("a", float("nan")),))
    graph = serial.loads(serial.dumps(builder.finish()))
    (_, attribute) = graph.nodes[1].attributes[0]
    assert attribute != attribute


def test_every_truncation_is_refused_in_one_line() -> None:
    text = serial.dumps(mlp())
    for end in range(0, len(text) - 2, 97):
        with pytest.raises(GraphFormatError, match="not a saved graph") as error:
            serial.loads(text[:end])
        assert "\n" not in error.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ends too early"),
        ("not json", "Expecting value, line 1, column 1"),
        ("[1, 2]", "no object"),
        ("{}", "torchviz-graph"),
        ('{"a": NaN}', "NaN is no JSON number"),
        ("[" * 100_000, "nested too deeply"),
        ('{"format": "torchviz-graph", "version": 1}', "`version` should be a string"),
        ('{"format": "torchviz-graph", "version": "1.0"}', "has no `nodes`"),
        ('{"format": "torchviz-graph", "version": "1.0", "name": "N", "nodes": 7}', "`nodes` should be a list, not 7"),
        ("1" * 5000, "no JSON"),
    ],
)
def test_hostile_text(text: str, said: str) -> None:
    with pytest.raises(GraphFormatError) as error:
        serial.loads(text)
    assert said in error.value.message


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(GraphFormatError, match="UTF-8"):
        serial.loads(b'{"format": "\xff\xfe\xff"}')


@pytest.mark.parametrize(
    ("version", "hint"), [("2.0", "upgrade"), ("10.3", "upgrade"), ("0.9", "save the graph again")]
)
def test_another_major_version_is_refused_with_a_hint(version: str, hint: str) -> None:
    text = serial.dumps(mlp()).replace('"version": "1.0"', f'"version": "{version}"')
    with pytest.raises(GraphFormatError, match="saved in format") as error:
        serial.loads(text)
    assert hint in (error.value.hint or "")


def test_fields_of_later_minor_versions_are_ignored() -> None:
    document = json.loads(serial.dumps(mlp()))
    document["version"] = "1.7"
    document["news"] = [1]
    for part in ("nodes", "calls", "modules", "metas", "sources"):
        for row in document[part]:
            row["new"] = {"deep": [1]}
    for node in document["nodes"]:
        for result in node.get("results", []):
            result.extend([None, 0, "new"] if len(result) == 2 else ["new"])
    assert serial.loads(json.dumps(document)) == mlp()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d["nodes"][3].update(id=5), "nodes[3].id"),
        (lambda d: d["nodes"][3].update(operands=["in:x", None]), "nodes[3].operands[1]"),
        (lambda d: d["nodes"][3].update(source=99), "nodes[3].source"),
        (lambda d: d["nodes"][3].update(source=-1), "nodes[3].source"),
        (lambda d: d["nodes"][3].update(source=True), "nodes[3].source"),
        (lambda d: d["nodes"][3]["results"].append(7), "nodes[3].results[1]"),
        (lambda d: d["nodes"][3]["results"][0].__setitem__(1, 99), "nodes[3].results[0]"),
        (lambda d: d["nodes"][3].update(kind="nonsense"), "nodes[3].kind"),
        (lambda d: d["nodes"][3].update(attributes=[["a", {"operand": -1}]]), "nodes[3].attributes[0]"),
        (lambda d: d["nodes"][3].update(attributes=[["a", {"unheard": 1}]]), "nodes[3].attributes[0]"),
        (lambda d: d["nodes"][3].update(attributes=[["a", {"slice": [1]}]]), "nodes[3].attributes[0]"),
        (lambda d: d["nodes"][3].update(attributes=[["a", {"complex": ["a", "b"]}]]), "nodes[3].attributes[0]"),
        (lambda d: d["nodes"][3].update(attributes=[[[], 1]]), "nodes[3].attributes[0]"),
        (lambda d: d["nodes"].__setitem__(2, []), "nodes[2]"),
        (lambda d: d["metas"][0].update(shape=[2, "3"]), "metas[0].shape[1]"),
        (lambda d: d["metas"][0].update(shape=[2, -3]), "metas[0].shape[1]"),
        (lambda d: d["metas"][0].update(requires_grad=1), "metas[0].requires_grad"),
        (lambda d: d["calls"][1].pop("path"), "calls[1]"),
        (lambda d: d["calls"][1].update(call_index=1.5), "calls[1].call_index"),
        (lambda d: d["modules"][1]["parameters"][0].update(meta=None), "modules[1].parameters[0].meta"),
        (lambda d: d.update(origin=3), "origin"),
        (lambda d: d.update(failure={"exception": "E"}), "failure"),
        (lambda d: d.update(annotations=[{"target": "in:x", "key": 1, "payload": None}]), "annotations[0].key"),
        (lambda d: d.update(diagnostics=[{"code": "a", "severity": "loud", "message": ""}]), "diagnostics[0].severity"),
    ],
)
def test_wrong_types_are_named_with_their_place(change, place: str) -> None:
    document = json.loads(serial.dumps(mlp()))
    change(document)
    with pytest.raises(GraphFormatError) as error:
        serial.loads(json.dumps(document))
    assert f"`{place}`" in error.value.message


def test_every_leaf_of_the_document_can_be_anything() -> None:
    """Whatever stands in any place, the answer is a graph or a GraphFormatError."""
    base = json.dumps(json.loads(serial.dumps(everything())))
    places = _places(json.loads(base))
    refused = 0
    for place in places:
        for strange in (None, -1, 1e999, "", [], {}, [[[]]], {"operand": {}}):
            document = json.loads(base)
            _put(document, place, strange)
            try:
                serial.loads(json.dumps(document).replace("Infinity", "1e999"))
            except GraphFormatError:
                refused += 1
    assert refused > len(places)


def _places(item, path=()):
    rows = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    found = [path] if path else []
    for key, part in rows:
        found.extend(_places(part, (*path, key)))
    return found


def _put(document, place, item) -> None:
    for key in place[:-1]:
        document = document[key]
    document[place[-1]] = item


def test_deep_nesting_is_refused_both_ways() -> None:
    deep: Literal = 1
    for _ in range(5000):
        deep = (deep,)
    graph = mlp()
    nodes = tuple(replace(node, attributes=(("a", deep),)) if node.name == "relu" else node for node in graph.nodes)
    with pytest.raises(GraphFormatError, match=r"nodes\[4\].*nested deeper than 100"):
        serial.dumps(replace(graph, nodes=nodes))
    document = json.loads(serial.dumps(graph))
    inner: list[object] = []
    for _ in range(200):
        inner = [inner]
    document["nodes"][4]["attributes"] = [["a", inner]]
    with pytest.raises(GraphFormatError, match=r"nodes\[4\].*nested deeper than 100"):
        serial.loads(json.dumps(document))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["calls"][1].update(parent="fc1#0"), "is its parent"),
        (lambda d: d["nodes"][3].update(operands=["out:"]), "no value of the graph"),
        (lambda d: d["nodes"][3].update(operands=["#0:relu.0"]), "read before it is made"),
        (lambda d: d["nodes"][3].update(id="in:x"), "used twice"),
    ],
)
def test_a_graph_that_contradicts_itself_is_refused(change, said: str) -> None:
    document = json.loads(serial.dumps(mlp()))
    change(document)
    with pytest.raises(GraphFormatError, match="contradicts itself") as error:
        serial.loads(json.dumps(document))
    assert said in error.value.message


def test_ten_thousand_nodes_load_quickly() -> None:
    text = serial.dumps(tower(770))
    assert text.count('"kind": ') > 6_000
    started = time.process_time()
    graph = serial.loads(text)
    spent = time.process_time() - started
    assert len(graph.nodes) > 6_000
    assert spent < 1.0  # 0.15 s on a quiet core; wide enough for a busy one
