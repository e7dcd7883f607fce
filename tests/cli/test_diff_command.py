"""The command `diff`, run as users run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphviz_torch import api
from tests.support.graphs import mlp, tower
from tests.support.repositories import MODEL, Repository

TANH = MODEL.replace("torch.relu", "torch.tanh")


def _run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "torchviz_cli", "diff", *arguments],
        cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "repository")
    found.commit(sub__model_py=MODEL)
    return found


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    api.save(mlp(), tmp_path / "one.json")
    api.save(tower(2), tmp_path / "two.json")
    return tmp_path


def test_the_working_tree_against_head(repository: Repository, tmp_path: Path) -> None:
    repository.write("sub/model.py", TANH)
    (tmp_path / "temporary").mkdir()
    before = repository.snapshot()
    done = _run(
        repository.folder / "sub", "model.py:build", "--exit-code", "--json", "-o", str(tmp_path / "diff.svg"),
        "-o", str(tmp_path / "diff.md"), TMPDIR=str(tmp_path / "temporary"),
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert found["summary"]["old"] == "HEAD:model.py:build"
    assert found["summary"]["new"] == "model.py:build (working tree)"
    assert [(change["class"], change["before"], change["after"]) for change in found["changes"]] == [
        ("replaced", "relu", "tanh")
    ]
    assert found["changes"][0]["source"]["line"] == 12
    assert str(tmp_path) not in done.stdout
    assert "relu → tanh" in (tmp_path / "diff.svg").read_text(encoding="utf-8")
    assert (tmp_path / "diff.md").read_text(encoding="utf-8").startswith("<!-- torchviz-cli diff -->\n")
    assert repository.snapshot() == before
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_side_that_raises_is_compared_as_far_as_it_goes(repository: Repository) -> None:
    repository.write("sub/model.py", MODEL.replace("nn.Linear(16, 4)", "nn.Linear(15, 4)"))
    done = _run(repository.folder, "sub/model.py:build", "--exit-code")
    assert done.returncode == 3, done.stderr
    assert "note: the new model raised RuntimeError; it is compared as far as it ran" in done.stdout
    assert "sub/model.py:build (working tree): RuntimeError: mat1 and mat2 shapes cannot be multiplied" in done.stderr


def test_an_old_version_that_cannot_be_imported(repository: Repository) -> None:
    repository.commit(sub__model_py="import a_module_that_is_nowhere\n" + MODEL)
    repository.write("sub/model.py", MODEL)
    before = repository.snapshot()
    done = _run(repository.folder, "sub/model.py:build")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "error: HEAD:sub/model.py:build: model.py cannot be imported: ModuleNotFoundError" in done.stderr.replace(
        "sub/model.py cannot", "model.py cannot"
    )
    assert "install the package that brings `a_module_that_is_nowhere`" in done.stderr
    assert repository.snapshot() == before


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("one.json", "one.json", "--exit-code"), 0),
        (("one.json", "two.json"), 0),
        (("one.json", "two.json", "--exit-code"), 1),
        (("one.json", "one.json", "--fail-on", "any"), 0),
        (("one.json", "two.json", "--fail-on", "breaking"), 1),
        (("one.json", "two.json", "--fail-on", "structural", "--quiet"), 1),
    ],
)
def test_exit_codes(arguments: tuple[str, ...], status: int, saved: Path) -> None:
    done = _run(saved, *arguments)
    assert done.returncode == status, done.stderr
    assert done.stderr == ""
    assert (done.stdout == "") == ("--quiet" in arguments)
    assert "\x1b" not in done.stdout


def test_saved_graphs_are_compared_without_torch(saved: Path) -> None:
    program = (
        "import sys\n"
        "from torchviz_cli.app import run\n"
        "try:\n    run(['diff', 'one.json', 'two.json', '-q', '-o', 'out.svg', '-o', 'out.json'])\n"
        "finally:\n    print('torch' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=saved, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    assert json.loads((saved / "out.json").read_text())["equal"] is False


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("one.json", "three.json"), "there is no file `three.json`", None),
        (("one.json", "bad.json"), "bad.json: the graph was saved in format 9.0, this version reads 1.x",
         "upgrade: pip install -U torchviz-cli"),
        (("one.json", "two.json", "-f", "markdwon"), "there is no format `markdwon`", "did you mean markdown?"),
        (("one.json", "two.json", "-f", "svg"), "`-f svg` is a picture and needs a place", "-o diff.svg, or -o -"),
        (("one.json", "two.json", "-o", "diff.jpg"), "`diff.jpg`: there is no format `.jpg`", None),
        (("one.json", "two.json", "-o", "nowhere/a.svg"), "cannot write `nowhere/a.svg`: there is no folder `nowhere`",
         "mkdir -p nowhere"),
        (("one.json", "two.json", "-o", "-"), "`-o -` writes to stdout and needs a format", "-f svg -o -"),
        (("one.json", "two.json", "--fail-on", "all"), "`--fail-on all` is not known", None),
        (("one.json", "two.json", "--map", "fc3=head"), "`--map fc3=head`: the old model has no module `fc3`",
         "--map fc2=head"),
        (("one.json",), "a revision was asked for, but ",
         "torchviz-cli diff OLD.py:build NEW.py:build compares two files"),
    ],
)  # fmt: skip
def test_bad_input(arguments: tuple[str, ...], message: str, hint: str | None, saved: Path) -> None:
    (saved / "bad.json").write_text((saved / "one.json").read_text().replace('"1.0"', '"9.0"', 1))
    done = _run(saved, *arguments, GIT_CEILING_DIRECTORIES=str(saved.parent))
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: {message}")
    assert hint is None or f"  help: {hint}\n" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_saved_graph_against_a_model(repository: Repository, tmp_path: Path) -> None:
    """The lock file: a graph that was saved once, compared with the model of today, traced in the same way."""
    done = subprocess.run(
        [sys.executable, "-m", "torchviz_cli", "render", "sub/model.py:build", "--train", "-o", "lock.json"],
        cwd=repository.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert _run(repository.folder, "lock.json", "sub/model.py:build", "--exit-code").returncode == 0
    repository.write("sub/model.py", TANH)
    assert _run(repository.folder, "lock.json", "sub/model.py:build", "--exit-code").returncode == 1
    repository.commit()
    assert _run(repository.folder, "HEAD:lock.json", "lock.json", "--exit-code").returncode == 0


def test_a_saved_graph_of_an_old_revision_is_named_where_it_is_wrong(repository: Repository, saved: Path) -> None:
    repository.write("lock.json", (saved / "one.json").read_text().replace('"1.0"', '"9.0"', 1))
    repository.commit()
    done = _run(repository.folder, "HEAD:lock.json", str(saved / "two.json"))
    assert done.returncode == 2
    assert done.stderr.startswith("error: HEAD:lock.json: the graph was saved in format 9.0, this version reads 1.x\n")


@pytest.mark.slow
def test_inputs_of_each_side(repository: Repository) -> None:
    done = _run(
        repository.folder, "sub/model.py:build", "--input-old", "3x8", "--input-new", "5x8", "-f", "github"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "3×8" in done.stdout
    assert "5×8" in done.stdout


NET = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, depth=2, p=0.1, act="ReLU"):
        super().__init__()
        self.body = nn.Sequential(*(nn.Sequential(nn.Linear(8, 8), getattr(nn, act)()) for _ in range(depth)))
        self.drop = nn.Dropout(p)

    def forward(self, x):
        return self.drop(self.body(x))

def build(**options):
    return Net(**options), (torch.zeros(2, 8),)
"""


def test_two_forms_of_one_model_and_what_is_shown_of_them(tmp_path: Path) -> None:
    """Arguments of both sides and of each; a part of the picture."""
    (tmp_path / "net.py").write_text(NET, encoding="utf-8")
    done = _run(
        tmp_path, "net.py:build", "net.py:build", "--arg", "depth=3", "--arg", "p=0.2", "--arg-old", "p=0.5",
        "--arg-new", "act='GELU'", "--focus", "body", "--depth", "1", "-o", "part.svg", "-f", "github",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [line.split("::")[-1].split("%0A")[0] for line in done.stdout.splitlines()[:2]] == [
        "~ body.{0-2}.1: ReLU → GELU (3×)", "~ drop: Dropout p=0.5 → 0.2",
    ]  # fmt: skip
    picture = (tmp_path / "part.svg").read_text(encoding="utf-8")
    assert "1 change inside" in picture
    assert "Dropout" not in picture


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--depth", "deep"), "`--depth deep` is no depth"),
        (("--from", "fc1"), "`--from` and `--to` belong together"),
        (("--engine", "neato"), "`--engine neato` is not known"),
        (("--focus", "nowhere", "-o", "diff.svg"), "MLP has no module named `nowhere`"),
    ],
)
def test_what_no_picture_can_show(arguments: tuple[str, ...], message: str, saved: Path) -> None:
    done = _run(saved, "one.json", "one.json", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {message}"), done.stderr


def test_a_hint_is_a_line_of_this_command(repository: Repository) -> None:
    repository.commit(sub__model_py=MODEL.replace("def build", "def built"))
    repository.write("sub/model.py", MODEL)
    done = _run(repository.folder, "sub/model.py:build")
    assert done.returncode == 2
    assert "error: HEAD:sub/model.py:build: sub/model.py has no object named `build`\n" in done.stderr
    assert "  help: torchviz-cli diff HEAD:sub/model.py:built sub/model.py:build\n" in done.stderr


@pytest.mark.parametrize(("against", "told"), [((), ""), (("--against", "main"), " --against main")])
def test_a_target_that_is_wrong_for_both_sides_is_put_right_once(
    against: tuple[str, ...], told: str, repository: Repository
) -> None:
    done = _run(repository.folder, "sub/model.py:biuld", *against)
    assert done.returncode == 2
    assert f"  help: torchviz-cli diff sub/model.py:build{told}\n" in done.stderr


@pytest.mark.slow
def test_a_process_that_dies_is_told(repository: Repository) -> None:
    repository.write("sub/model.py", "import os\nprint('last words', flush=True)\nos._exit(7)\n")
    done = _run(repository.folder, "sub/model.py:build")
    assert done.returncode == 2
    assert (
        "error: sub/model.py:build: the process ended at once, with exit code 7 while the user's code ran\n"
        "  last words\n"
        "  help: `os._exit` does that: raise an exception instead\n"
    ) in done.stderr


@pytest.mark.slow
def test_a_fault_in_native_code_is_told_with_its_place(repository: Repository) -> None:
    repository.write("sub/model.py", "import ctypes\n\ndef build():\n    ctypes.string_at(0)\n")
    done = _run(repository.folder, "sub/model.py:build")
    assert done.returncode == 2
    assert (
        "error: sub/model.py:build: the process was killed by SIGSEGV while the user's code ran\n"
        "  sub/model.py:4 in build\n"
    ) in done.stderr


LOCKED = """\
import ctypes

def build():
    lock = ctypes.create_string_buffer(64)
    for _ in range(2):
        ctypes.CDLL(None).pthread_mutex_lock(lock)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="locks of Linux")
def test_a_side_that_does_not_come_back_is_stopped(repository: Repository) -> None:
    repository.write("sub/model.py", LOCKED)
    done = _run(repository.folder, "sub/model.py:build", "--timeout", "0.5")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: sub/model.py:build: stopped after 0.5 seconds (--timeout), in code that does not come back to Python\n"
        "  sub/model.py:6 in build\n"
    )


def test_a_map_of_the_state_dict(saved: Path) -> None:
    done = _run(saved, "one.json", "one.json", "-q", "--state-dict-map", "map.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    keys = ["fc1.bias", "fc1.weight", "fc2.bias", "fc2.weight"]
    assert json.loads((saved / "map.json").read_text()) == {key: key for key in keys}


@pytest.mark.parametrize(("word", "usual", "other"), [("tracer", "runtime", "fx"), ("level", "function", "aten")])
def test_graphs_of_other_tracers_and_levels_are_refused(word: str, usual: str, other: str, saved: Path) -> None:
    text = (saved / "one.json").read_text()
    (saved / "other.json").write_text(text.replace(f'"{word}": "{usual}"', f'"{word}": "{other}"'))
    done = _run(saved, "one.json", "other.json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: the old graph was made with {word} `{usual}`, the new one with `{other}`\n")
    hint = f"make both with --{word} {other}; a saved graph is made anew by torchviz-cli render"
    assert f"  help: {hint}\n" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sub/model.py:build", "--against", "mian"),
         ("error: there is no revision `mian` in this repository\n", "  nearest: main\n", "  help: --against main\n")),
        (("HEAD~3:sub/model.py:build", "sub/model.py:build"), ("error: there is no revision `HEAD~3` ",)),
        (("sub/gone.py:build",), ("error: there is no `sub/gone.py`, neither here nor in HEAD (",
                                  "  nearest: sub/model.py", "  help: torchviz-cli diff sub/model.py:build\n")),
        (("sub/fresh.py:build",), ("error: there is no `sub/fresh.py` in HEAD (", "  nearest: sub/model.py")),
        ((r"HEAD:C:\x\model.py:build", "sub/model.py:build"),
         (r"error: there is no `C:\x\model.py` in HEAD (", "  nearest: sub/model.py")),
        (("sub/model.py:build", "C:/x/net.py:build"), ("error: C:/x/net.py:build: there is no file `C:/x/net.py`",)),
    ],
    ids=["revision", "too far back", "file of neither", "file", "drive letter of the old side", "of the new side"],
)  # fmt: skip
def test_what_a_revision_does_not_have(
    arguments: tuple[str, ...], said: tuple[str, ...], repository: Repository
) -> None:
    repository.write("sub/fresh.py", MODEL)
    before = repository.snapshot()
    done = _run(repository.folder, *arguments)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    for text in said:
        assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert repository.snapshot() == before


@pytest.mark.slow
def test_a_model_that_needs_a_submodule(tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit(layer_py="import torch\n\ndef act(x):\n    return torch.relu(x)\n")
    outer = Repository(tmp_path / "outer")
    outer.git("submodule", "add", "-q", str(inner.folder), "libs")
    model = "from libs.layer import act\n" + MODEL.replace("torch.relu", "act")
    outer.commit(model_py=model)
    outer.write("libs/layer.py", "import torch\n\ndef act(x):\n    return torch.tanh(x)\n")
    before = outer.snapshot()
    done = _run(outer.folder, "model.py:build", "--exit-code")
    assert done.returncode == 1, done.stderr
    assert "relu → tanh" in done.stdout
    assert outer.snapshot() == before
    outer.git("submodule", "deinit", "-q", "-f", "libs")
    before = outer.snapshot()
    done = _run(outer.folder, "model.py:build")
    assert done.returncode == 2
    assert "the submodule `libs` is not here at " in done.stderr
    assert "Traceback" not in done.stderr
    assert outer.snapshot() == before
