"""Sets up what a task needs in `.venv`, then runs it: `python3 scripts/dev.py demo | test | slow | check | docs | all`.

Needs Python 3.11 or newer and nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")

# Installed first and alone: a range would let pip pick a newer build with gigabytes of CUDA libraries.
TORCH = "torch==2.13.0"


def run(*command: str | Path, **environment: str) -> None:
    """Runs a command in the root of the project; its failure is ours."""
    print("$", " ".join(str(word) for word in command), flush=True)  # noqa: T201
    done = subprocess.run([str(word) for word in command], cwd=ROOT, env={**os.environ, **environment}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def pip(*arguments: str) -> None:
    """Installs into the environment, quietly."""
    run(BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)


def set_up(*groups: str) -> None:
    """Makes the environment, and installs torch, the project and the groups."""
    if not (BIN / "python").exists() and not (BIN / "python.exe").exists():
        venv.create(ENVIRONMENT, with_pip=True)
    pip("--upgrade", "pip")
    pip(TORCH)
    pip("--editable", ".", *(word for group in groups for word in ("--group", group)))


def demo() -> None:
    """Renders a sample to SVG and PNG."""
    set_up()
    run(BIN / "torchviz-cli", "render", "samples/mlp.py:build", "--input", "1x32", "-o", "mlp.svg", "-o", "mlp.png")


def test() -> None:
    """Runs the fast suite."""
    set_up("test")
    run(BIN / "python", "-m", "pytest", "-q", "-n", "2", *sys.argv[2:], OMP_NUM_THREADS="1")


def slow() -> None:
    """Runs the slow tests, which the fast suite leaves out; they measure time, so one at a time."""
    set_up("test")
    run(BIN / "python", "-m", "pytest", "-q", "-m", "slow", *sys.argv[2:], OMP_NUM_THREADS="1")


def check() -> None:
    """Runs lint, types and import rules."""
    set_up("test", "lint")
    run(BIN / "ruff", "check", ".")
    run(BIN / "ruff", "format", "--check", ".")
    run(BIN / "lint-imports")
    run(BIN / "mypy")


def docs() -> None:
    """Builds the documentation; a warning is an error."""
    set_up("docs")
    built = ROOT / "docs" / "_build"
    sphinx = (BIN / "python", "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "auto", "-d", built / "read")
    run(*sphinx, "docs", built / "html")
    print(f"docs: {built / 'html' / 'index.html'}")  # noqa: T201


def everything() -> None:
    """Runs what CI runs."""
    check()
    test()


TASKS = {"demo": demo, "test": test, "slow": slow, "check": check, "docs": docs, "all": everything}

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must be told, not traced back
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    task = TASKS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if task is None:
        sys.exit(f"usage: python3 scripts/dev.py {' | '.join(TASKS)}")
    task()
