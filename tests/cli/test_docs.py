"""`torchviz-cli docs`, run in a small project as its maintainers run it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from graphviz_torch.render import stamp
from tests.cli.conftest import Done
from torchviz_cli.documents import keys

Run = Callable[..., Done]

MODEL = """\
import sys
from pathlib import Path

import torch
from torch import nn

Path("loaded.txt").open("a").write("x")
print("hello from the model")


class Net(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.fc1 = nn.Linear(32, hidden)
        self.fc2 = nn.Linear(hidden, 4)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


def build(hidden=16):
    return Net(hidden)
"""
TABLE = "[tool.torchviz-cli]\n"
ENTRY = '[[tool.torchviz-cli.docs]]\nname = "net"\ntarget = "model.py:build"\ninput = "1x32"\n'


def project(folder: Path, text: str, model: str = MODEL) -> None:
    (folder / "model.py").write_text(model, encoding="utf-8")
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def entry(name: str, **keys: object) -> str:
    given = {"target": "model.py:build", "input": "1x32"} | keys
    lines = [f"{key.replace('_', '-')} = {json.dumps(value)}" for key, value in given.items() if value is not None]
    return "\n".join(["[[tool.torchviz-cli.docs]]", f'name = "{name}"', *lines, ""])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- building


def test_every_entry_is_built_and_its_file_loaded_once(tmp_path: Path, run: Run) -> None:
    project(
        tmp_path,
        f'{TABLE}output = "pictures"\nformats = ["svg", "mermaid"]\n'
        + entry("net", title="The net", alt="Two layers", depth=1)
        + entry("wide", arg="hidden=64", formats=["svg"], theme="pair"),
    )
    done = run("docs")
    assert done.code == 0, done.err
    assert done.out.split() == [
        "pictures/net.svg", "pictures/net.mmd", "pictures/graphs/net.json",
        "pictures/wide-light.svg", "pictures/wide-dark.svg", "pictures/graphs/wide.json",
    ]  # fmt: skip
    assert "[1/2] net: 3 written\n[2/2] wide: 3 written\nhello from the model\n" in done.err
    assert (tmp_path / "loaded.txt").read_text() == "x"
    svg = (tmp_path / "pictures/net.svg").read_text(encoding="utf-8")
    assert '<title id="title">The net</title><desc id="desc">Two layers</desc>' in svg
    found = stamp.read(svg.encode(), "svg")
    assert found is not None
    assert found.stamp.options == {"depth": 1, "title": "The net", "description": "Two layers"}
    dark = (tmp_path / "pictures/wide-dark.svg").read_text(encoding="utf-8")
    assert "color-scheme:dark" in dark
    assert "32 → 64" in dark


def test_what_is_right_is_left_alone(tmp_path: Path, run: Run) -> None:
    project(tmp_path, entry("net", formats=["svg", "png", "json"]))
    assert run("docs").code == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "docs").rglob("*.*")}
    done = run("docs")
    assert done.err.startswith("[1/1] net: unchanged\n")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "docs").rglob("*.*")} == before


def test_one_of_several_from_a_folder_within(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, entry("net") + entry("other"))
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    done = run("docs", "other", "--quiet")
    assert done.code == 0, done.err
    assert done.err == ""
    assert sorted(contents(tmp_path / "docs")) == ["models/graphs/other.json", "models/other.svg"]
    assert Path.cwd() == tmp_path / "src"


def test_the_list_loads_nothing(tmp_path: Path, run: Run) -> None:
    project(tmp_path, entry("net", formats=["svg", "png"]) + entry("deep", target="model.py:no_such"))
    done = run("docs", "--list")
    assert done.out == (
        "net   model.py:build    docs/models/net.svg docs/models/net.png\n"
        "deep  model.py:no_such  docs/models/deep.svg\n"
    )
    assert not (tmp_path / "loaded.txt").exists()
    assert [found["name"] for found in json.loads(run("docs", "--list", "--json").out)["entries"]] == ["net", "deep"]


def test_json_says_what_became_of_each(tmp_path: Path, run: Run) -> None:
    project(tmp_path, entry("net") + entry("bad", input="1x31"))
    done = run("docs", "--json")
    assert done.code == 3
    document = json.loads(done.out)
    assert (document["format"], document["version"]) == ("torchviz-docs", "1.0")
    good, bad = document["entries"]
    assert (good["state"], good["files"][0]["state"]) == ("built", "written")
    assert bad["state"] == "raised"
    assert bad["raised"][0].startswith("RuntimeError: mat1 and mat2 shapes cannot be multiplied")
    assert str(tmp_path) not in done.out


def test_the_manual_has_every_key() -> None:
    manual = (Path(__file__).parents[2] / "docs/pictures.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in manual.splitlines() if line.startswith("| `")]
    told = {word for cell in cells for word in re.findall(r"`([^`]+)`", cell)}
    assert {*keys.PROJECT, *keys.ENTRY} <= told


# ---- what goes wrong


def test_no_pyproject(run: Run, tmp_path: Path) -> None:
    done = run("docs")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: there is no pyproject.toml in this folder or around it\n  help: write one: ")


def test_no_table(tmp_path: Path, run: Run) -> None:
    project(tmp_path, "[project]\n")
    done = run("docs")
    assert done.code == 2
    assert done.err.startswith(f"error: {tmp_path}/pyproject.toml lists no pictures\n  help: add [[tool.torchviz-cli.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[tool.torchviz-cli]\ndocs = 3\n", "`tool.torchviz-cli.docs` is no list of tables"),
        ("[tool.torchviz-cli\n", "cannot read"),
        (TABLE + 'fromats = ["svg"]\n' + ENTRY, "has no key `fromats`"),
        (TABLE + 'fromats = ["svg"]\n' + ENTRY, "help: did you mean `formats`?"),
        (ENTRY + "color_by = 'kind'\n", "help: did you mean `color-by`?"),
        (ENTRY + "depth = true\n", '`depth` is "auto", "all" or a number of levels'),
        (ENTRY + "depth = -1\n", '`depth = -1` of [[tool.torchviz-cli.docs]] `net`: `depth` is "auto"'),
        (ENTRY + "fold = 1\n", "`fold` is true or false"),
        (ENTRY + 'theme = "pink"\n', "`theme` is one of auto, light, dark, paper"),
        (ENTRY + 'formats = ["svg", "jpeg"]\n', "`formats` is a list of svg, png, pdf, dot, mmd, txt, json"),
        (ENTRY + "formats = []\n", "`formats` is a list of"),
        (ENTRY + "scale = 99\n", "`scale` is a number above 0 and up to 16"),
        (ENTRY + "seed = 1.5\n", "`seed` is a whole number from 0"),
        (ENTRY + 'from = "fc1"\n', "`from` and `to` belong together"),
        (ENTRY + ENTRY, "two entries of [[tool.torchviz-cli.docs]] are named `net`"),
        (ENTRY + ENTRY.replace('"net"', '"NET"'), "`net` and `NET` of [[tool.torchviz-cli.docs]] are written to one"),
        (entry("a", theme="pair") + entry("a-dark"), "written to one file, docs/models/a-dark.svg"),
        (ENTRY.replace('"net"', '"../net"'), "a name is a file name without its extension"),
        ('[[tool.torchviz-cli.docs]]\nname = "net"\n', "`net` has no `target`"),
        ('[[tool.torchviz-cli.docs]]\ntarget = "m.py:a"\n', "number 1 has no `name`"),
        (entry("net", target="model.py:"), "names no object after its colon"),
        (ENTRY.replace("1x32", "1x"), "[[tool.torchviz-cli.docs]] `net`: `1x`"),
        (TABLE + 'output = "../elsewhere"\n' + ENTRY, "is outside the project"),
        (TABLE + 'output = "/tmp"\n' + ENTRY, "is outside the project"),
        (TABLE + 'output = "model.py"\n' + ENTRY, "cannot make the folder `model.py/graphs`: Not a directory"),
        (ENTRY + 'tracer = "magic"\n', "`tracer` is one of runtime, "),
    ],
)  # fmt: skip
def test_settings_that_are_wrong(tmp_path: Path, run: Run, text: str, told: str) -> None:
    project(tmp_path, text)
    done = run("docs")
    assert done.code == 2
    assert told in done.err
    assert not (tmp_path / "loaded.txt").exists()


def test_an_output_that_a_link_leads_outside(tmp_path: Path, run: Run) -> None:
    (tmp_path / "inner").mkdir()
    project(tmp_path / "inner", TABLE + 'output = "pictures"\n' + ENTRY)
    (tmp_path / "inner" / "pictures").symlink_to(tmp_path)
    os.chdir(tmp_path / "inner")
    assert "is outside the project" in run("docs").err


def test_there_is_no_such_entry(tmp_path: Path, run: Run) -> None:
    project(tmp_path, ENTRY)
    done = run("docs", "nett")
    assert done.code == 2
    assert "has no entry named `nett`\n  names: net\n  help: torchviz-cli docs net\n" in done.err


def test_one_that_fails_is_drawn_and_the_others_are_built(tmp_path: Path, run: Run) -> None:
    project(
        tmp_path,
        entry("raising", input="1x31")
        + entry("broken", target="broken.py:build")
        + entry("inputless", input=None)
        + entry("fine"),
    )
    (tmp_path / "broken.py").write_text("import a_module_that_is_nowhere\n", encoding="utf-8")
    done = run("docs")
    assert done.code == 3
    assert sorted(contents(tmp_path / "docs/models")) == [
        "fine.svg", "graphs/fine.json", "graphs/raising.json", "raising.svg",
    ]  # fmt: skip
    assert 'class="bad"' in (tmp_path / "docs/models/raising.svg").read_text(encoding="utf-8")
    assert "error: raising: the model raised RuntimeError: mat1 and mat2" in done.err
    assert "error: broken: broken.py cannot be imported: ModuleNotFoundError" in done.err
    assert "error: inputless: `build` needs 1 input, none was given" in done.err
    assert 'help: input = ["x=1x32"]\n' in done.err


def test_a_failure_that_is_meant(tmp_path: Path, run: Run) -> None:
    project(tmp_path, entry("raising", input="1x31", raises=True))
    done = run("docs")
    assert done.code == 0, done.err
    assert "error" not in done.err


def test_a_process_that_dies(tmp_path: Path, run: Run) -> None:
    project(tmp_path, entry("dies", target="dying.py:build") + entry("fine"))
    dying = MODEL.replace("return Net(hidden)", "print('last words', flush=True); import os; os._exit(7)")
    (tmp_path / "dying.py").write_text(dying, encoding="utf-8")
    done = run("docs")
    assert done.code == 3
    assert (
        "error: dies: the process ended at once, with exit code 7 while the user's code ran\n"
        "  hello from the model\n  last words\n  help: `os._exit` does that: raise an exception instead\n"
    ) in done.err
    assert (tmp_path / "docs/models/fine.svg").exists()


def test_what_others_made_or_edited_is_not_lost(tmp_path: Path, run: Run) -> None:
    project(tmp_path, entry("net", formats=["svg", "json"]))
    (tmp_path / "docs/models").mkdir(parents=True)
    place = tmp_path / "docs/models/net.svg"
    place.write_text("<svg>a logo</svg>", encoding="utf-8")
    done = run("docs")
    assert done.code == 2
    assert (
        "error: net: docs/models/net.svg was not made by `torchviz-cli docs`; it is left as it is\n"
        "  help: torchviz-cli docs --force net, to replace it\n"
    ) in done.err
    assert place.read_text(encoding="utf-8") == "<svg>a logo</svg>"
    assert run("docs", "--force").code == 0
    built = place.read_text(encoding="utf-8")
    place.write_text(built.replace("fc1", "first"), encoding="utf-8")
    done = run("docs")
    assert done.code == 2
    assert "docs/models/net.svg was edited by hand; it is left as it is" in done.err
    assert run("docs", "--force").code == 0
    assert place.read_text(encoding="utf-8") == built


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path, run: Run) -> None:
    project(tmp_path, ENTRY)
    (tmp_path / "docs").mkdir(mode=0o555)
    done = run("docs")
    assert done.code == 2
    assert "error: cannot make the folder `docs/models/graphs`: Permission denied" in done.err


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [pytest.param(signal.SIGTERM, marks=pytest.mark.slow), signal.SIGKILL])
def test_an_interrupted_build_leaves_whole_files_and_no_process(tmp_path: Path, number: signal.Signals) -> None:
    hanging = MODEL.replace('print("hello from the model")', 'import os, threading\nPath(f"pid-{os.getpid()}").touch()')
    project(tmp_path, entry("fine") + entry("hangs", target="hanging.py:build"))
    hanging += "\n\nthreading.Event().wait()\n"
    (tmp_path / "hanging.py").write_text(hanging, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "torchviz_cli", "docs", "-j", "1"], cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    _until(lambda: bool(list(tmp_path.glob("pid-*"))) or process.poll() is not None)
    process.send_signal(number)
    assert process.wait(60) != 0
    (mark,) = tmp_path.glob("pid-*")
    pid = int(mark.name.removeprefix("pid-"))
    _until(lambda: not _alive(pid))
    assert sorted(contents(tmp_path / "docs")) == ["models/fine.svg", "models/graphs/fine.json"]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(happened: Callable[[], bool]) -> None:
    wait = threading.Event()
    for _ in range(3000):
        if happened():
            return
        wait.wait(0.02)
    raise AssertionError("it did not happen")
