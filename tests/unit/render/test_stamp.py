from __future__ import annotations

import shutil
import subprocess
from xml.etree import ElementTree

import pytest

from graphviz_torch import api
from graphviz_torch.render import stamp
from graphviz_torch.render.stamp import CARRIERS, Stamp
from tests.support.graphs import mlp

SAID = Stamp("0123abcd", {"depth": 2, "title": 'a "title" & <more> {é}\n'}, "1.2.3")
PICTURES = {name: api.render(mlp(), name) for name in CARRIERS}


@pytest.mark.parametrize("format", CARRIERS)
def test_a_stamp_is_read_as_it_was_put(format: str) -> None:
    data = stamp.stamped(PICTURES[format], format, SAID)
    found = stamp.read(data, format)
    assert found is not None
    assert found.stamp == SAID
    assert found.intact
    assert stamp.read(PICTURES[format], format) is None


@pytest.mark.parametrize("format", CARRIERS)
def test_an_edit_shows(format: str) -> None:
    data = stamp.stamped(PICTURES[format], format, SAID)
    middle = data.index(b"Linear") if b"Linear" in data else 200
    found = stamp.read(data[:middle] + b"X" + data[middle + 1 :], format)
    assert found is not None
    assert not found.intact


@pytest.mark.parametrize("format", ["svg", "dot", "mmd", "txt"])
def test_other_line_ends_are_no_edit(format: str) -> None:
    found = stamp.read(stamp.stamped(PICTURES[format], format, SAID).replace(b"\n", b"\r\n"), format)
    assert found is not None
    assert found.stamp == SAID
    assert found.intact


@pytest.mark.parametrize("format", CARRIERS)
def test_a_stamp_that_is_cut_short_is_none(format: str) -> None:
    data = stamp.stamped(PICTURES[format], format, SAID)
    assert stamp.read(data[: data.rindex(b"options")], format) is None


def test_svg_stays_xml() -> None:
    root = ElementTree.fromstring(stamp.stamped(PICTURES["svg"], "svg", SAID))
    (found,) = root.findall("{http://www.w3.org/2000/svg}metadata")
    assert (found.text or "").startswith('torchviz-cli {"body": ')


def test_png_stays_a_picture() -> None:
    data = stamp.stamped(PICTURES["png"], "png", SAID)
    assert data.endswith(b"IEND\xaeB`\x82")
    assert data.startswith(PICTURES["png"][:-12])


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_pdf_stays_a_document() -> None:
    data = stamp.stamped(PICTURES["pdf"], "pdf", SAID)
    done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
    assert b"Linear" in done.stdout
    assert done.stderr == b""
