"""Saved graphs read line by line: what two of them share, and texts that only look as if they were ours."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from graphviz_torch.errors import GraphFormatError
from graphviz_torch.ir import serial
from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import Graph, Origin, SourceLocation
from graphviz_torch.ir.literals import Operand
from graphviz_torch.ir.reading import Reader
from graphviz_torch.ir.wellformed import NodeReader
from tests.support.graphs import meta


def _graph(*, width: int = 2, line: int = 1, last: str = "tanh", view: bool = False) -> Graph:
    builder = GraphBuilder("Net", Origin())
    value = builder.leaf("input", "x", meta(width))
    root = builder.enter("", 0, None, operands=(value,))
    for name in ("relu", "view", last):
        value = builder.operation(
            name,
            f"torch.{name}",
            operands=(value,),
            metas=(meta(width),),
            views=((value, 0),) if view and name == "view" else (),
            call=root,
            source=SourceLocation("net.py", line),
        ).results[0]
    builder.leave(root, (value,))
    builder.output("", value)
    return builder.finish()


@pytest.mark.parametrize(
    "changed", [{}, {"width": 3}, {"line": 7}, {"last": "exp"}, {"width": 3, "line": 7, "last": "exp", "view": True}]
)
def test_nodes_in_common_are_read_once(changed: dict[str, object]) -> None:
    one, other = _graph(), _graph(**changed)  # type: ignore[arg-type]
    reader = Reader()
    first, second = reader.loads(serial.dumps(one)), reader.loads(serial.dumps(other).encode())
    assert (first, second) == (one, other)
    assert (first.nodes[0] is second.nodes[0], first.nodes[1] is second.nodes[1]) == (True, "line" not in changed)


def test_what_is_shared_must_fit_where_it_stands_now() -> None:
    text = serial.dumps(_graph())
    without = "\n".join(line for line in text.split("\n") if not line.startswith('{"id": "#0:relu'))
    reader = Reader()
    reader.loads(text)
    with pytest.raises(GraphFormatError, match=r"reads .*relu.*, which is no value of the graph"):
        reader.loads(without)


def _joined(text: str) -> str:
    """Two nodes on one line, the second of which nothing reads."""
    return text.replace('},\n{"id": "out:', '}, {"id": "out:')


def _parted(text: str) -> str:
    """One node on two lines, each of which looks like one."""
    return text.replace('"kind": "call"', '"later": [{"id": 1},\n{"id": 2}], "kind": "call"', 1)


def _inside(text: str) -> str:
    """Other lines that are called nodes, deeper in the document, and none where they should be."""
    lines = text[text.index('\n"nodes": [\n') : text.index("\n]", text.index('"nodes"')) + 2]
    return text.replace(lines, '\n"nodes": null').replace(
        '"annotations": []', '"annotations": [{"target": "in:x", "key": "a", "payload": {' + lines + "}}]"
    )


def _no_number(text: str) -> str:
    return text.replace('"kind": "call"', '"later": NaN, "kind": "call"', 1)


@pytest.mark.parametrize("damage", [_joined, _parted, _inside, _no_number])
def test_other_layouts_mean_what_they_mean_as_a_whole(damage: Callable[[str], str]) -> None:
    text = damage(serial.dumps(_graph()))
    reader = Reader()
    reader.loads(serial.dumps(_graph()))
    try:
        json.loads(text, parse_constant=int)
        expected = serial.loads(json.dumps(json.loads(text)))
    except (GraphFormatError, ValueError):
        for load in (serial.loads, reader.loads):
            with pytest.raises(GraphFormatError, match=r"NaN is no JSON number|`nodes` should be a list"):
                load(text)
    else:
        assert serial.loads(text) == reader.loads(text) == expected == _graph()


def _tower(turns: int = 3) -> Graph:
    """Operations that differ in their names alone, some of them views."""
    builder = GraphBuilder("Net", Origin())
    value = first = builder.leaf("input", "x", meta(2))
    root = builder.enter("", 0, None, operands=(value,))
    for turn in range(turns):
        call = builder.enter(f"part{turn}", 0, root, operands=(value,))
        for name in ("add", "view", "add"):
            value = builder.operation(
                name,
                f"torch.{name}",
                operands=(value, first),
                metas=(meta(2),),
                views=((value, 1),) if name == "view" else (),
                attributes=(("0", Operand(0)), ("alpha", 0.5)),
                call=call,
                source=SourceLocation("net.py", 1),
            ).results[0]
        builder.leave(call, (value,))
    builder.leave(root, (value,))
    builder.output("", value)
    return builder.finish()


def test_operations_that_differ_in_names_alone_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    text, parsed = serial.dumps(_tower(9)), []
    row = NodeReader.node
    monkeypatch.setattr(NodeReader, "node", lambda self, item: parsed.append(item["id"]) or row(self, item))
    assert serial.loads(text) == _tower(9)
    assert parsed == ["in:x", "part0#0:add.0", "part0#0:view.0", "out:"]


FIRST, INNER = "part0#0:add.0", "part2#0:add.0"
END = '"module_call": "part2#0", "source": 0}'
READS = '"part2#0:view.0", "in:x"]'


@pytest.mark.parametrize(
    ("sound", "damaged"),
    [
        (INNER, INNER + "\x01"),
        (INNER, INNER + "\x7f"),
        (INNER, INNER + "\\u00e9"),
        (INNER, INNER + "\\n"),
        (INNER, INNER + "\\"),
        (INNER, INNER + '"'),
        (f'"id": "{INNER}"', f'"id": "{INNER}~"'),
        (READS, '"part2#0:view.0",  "in:x"]'),
        (READS, '"part2#0:view.0" "in:x"]'),
        (READS, '"part2#0:view.0", 7, "in:x"]'),
        (READS, '"in:y"]'),
        (READS, '""]'),
        (READS, "]"),
        (f'[["{INNER}", 0]]', f'[["{INNER}", 7]]'),
        (f'[["{INNER}", 0]]', f'[["{INNER}", 0], ["{INNER}/1", 0, "in:x", 1]]'),
        (f'[["{INNER}", 0]]', f'[["{INNER}", 0, null, 3]]'),
        (f'[["{INNER}", 0]]', f'[["{INNER}", 0, "in:x", 1]]'),
        (f'[["{INNER}", 0]]', f'[["{INNER}", 0, "in:y", 1]]'),
        (f'[["{INNER}", 0]]', f'[["{INNER}", 0, "in:x"]]'),
        (END, '"module_call": "part9#0", "source": 0}'),
        (END, '"module_call": "part2#0", "source": 0'),
        (END, '"module_call": "part2#0", "module_call": null}'),
        (END, '"module_call": "part2#0", "source": 0, "later": NaN}'),
        ('"part0#0", "source": 0}', '"part0#0", "source": 0, "name": "twice"}'),
        ('"part2#0"', '"part2#0\\u0001"'),
        ('"in:x"', '"in\\u0001"'),
    ],
)
@pytest.mark.parametrize("raw", [("", ""), ("\\u0001", "\x01")])
def test_a_line_that_is_nearly_like_others_is_read_as_json(sound: str, damaged: str, raw: tuple[str, str]) -> None:
    """`raw`: what the last two lines of the third part say as it is, and JSON elsewhere as an escape."""
    head, mark, tail = serial.dumps(_tower()).replace(sound, damaged).partition('{"id": "part2#0:view.0"')
    lines, end, rest = tail.partition("\n]")
    text = head + mark + lines.replace(*raw) + end + rest
    reader = Reader()
    reader.loads(serial.dumps(_tower(2)))
    for load in (serial.loads, reader.loads):
        assert _told(load, text) == _told(_whole, text)


def _whole(text: str) -> Graph:
    """The graph of a text that does not look as if it were ours."""
    return serial.loads(text.replace('"nodes": [\n', '"nodes":  [\n'))


def _told(load: Callable[[str], Graph], text: str) -> str:
    try:
        return repr(load(text))
    except GraphFormatError as error:
        return str((error.message, error.details))
