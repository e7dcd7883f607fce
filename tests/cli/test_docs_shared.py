"""What the files of a project begin by importing is loaded once; what may depend on anything before it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Done
from tests.cli.test_docs import MODEL, entry, project
from torchviz_cli.documents import shared

Run = Callable[..., Done]


def imports(folder: Path, *texts: str) -> tuple[shared.Import, ...]:
    files = [folder / f"file{number}.py" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return shared.imports(files)


def test_what_two_files_begin_with(tmp_path: Path) -> None:
    first = '"""A model."""\n\nimport os\n\nimport numpy as np\nfrom torch import nn\n'
    second = "import sys\nfrom torch import nn, fft\n"
    assert imports(tmp_path, first, second) == (("torch", "nn"),)
    assert imports(tmp_path, first) == ()


def test_what_stands_after_anything_else_is_left_to_its_file(tmp_path: Path) -> None:
    early = 'import os\n\nos.environ["A"] = "1"\n\nfrom torch import nn\n'
    assert imports(tmp_path, early, early) == ()


def test_what_the_project_has_itself_is_not_shared(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("", encoding="utf-8")
    text = "from torch import nn\n"
    assert imports(tmp_path, text, text) == ()
    assert imports(tmp_path, "from . import a\nimport numpy\n", "from . import a\nimport numpy\n") == ()


def test_a_file_that_is_none_has_no_say(tmp_path: Path) -> None:
    assert imports(tmp_path, "import numpy\n", "import (\n", "import numpy\n") == (("numpy", ""),)


def test_files_that_begin_alike_are_each_loaded_once(tmp_path: Path, run: Run) -> None:
    other = MODEL.replace('"loaded.txt"', '"loaded2.txt"')
    project(tmp_path, entry("one") + entry("two", target="other.py:build"))
    (tmp_path / "other.py").write_text(other, encoding="utf-8")
    done = run("docs", "-q")
    assert done.code == 0, done.err
    assert (tmp_path / "loaded.txt").read_text() == (tmp_path / "loaded2.txt").read_text() == "x"


LEAVER = """\
import threading

thread = threading.Thread(target=threading.Event().wait, daemon=True)
thread.start()
"""
SHARING = (
    "import sys; from torchviz_cli.documents import shared; shared.imports = lambda files: (('leaver', ''),);"
    "from torchviz_cli.app import main; sys.argv = ['torchviz-cli', 'docs']; main()"
)


def test_what_leaves_a_thread_behind_is_not_shared(tmp_path: Path) -> None:
    needing = MODEL + "\n\nimport leaver\n\nassert leaver.thread.is_alive()\n"
    project(tmp_path, entry("one") + entry("two", target="other.py:build"), needing)
    (tmp_path / "other.py").write_text(needing, encoding="utf-8")
    (tmp_path / "leaver.py").write_text(LEAVER, encoding="utf-8")
    roots = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", SHARING], cwd=tmp_path, env={**os.environ, "PYTHONPATH": roots},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "[2/2]" in done.stderr
    assert (tmp_path / "loaded.txt").read_text() == "xx"
