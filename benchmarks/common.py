"""What all measurements share: processes with their cost, tables, and results that say where they come from."""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took: CPU and wall seconds, peak memory in MiB, and what it printed."""

    cpu: float
    wall: float
    peak: float
    code: int
    printed: str


# A process counts the memory of the one that it was forked from among its own peak, so a small one stands between.
LAUNCHER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
_, status, usage = os.wait4(subprocess.Popen(sys.argv[2:]).pid, 0)
wall = time.perf_counter() - start
with open(sys.argv[1], "w") as told:
    json.dump([usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)], told)
"""


def process(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Runs a command and measures the whole process, its children included."""
    with tempfile.TemporaryDirectory() as folder:
        told, printed = Path(folder) / "cost.json", Path(folder) / "printed"
        with printed.open("w", encoding="utf-8") as out:
            subprocess.run(
                [sys.executable, "-S", "-c", LAUNCHER, str(told), *command],
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                check=True,
            )
        cpu_seconds, wall, peak, code = json.loads(told.read_text(encoding="utf-8"))
        return Cost(cpu_seconds, wall, peak, code, printed.read_text(encoding="utf-8"))


def best(command: Sequence[str], runs: int, environment: Mapping[str, str] | None = None) -> Cost:
    """The cheapest of several runs; an error ends the measurement."""
    costs = [process(command, environment) for _ in range(runs)]
    for cost in costs:
        if cost.code:
            sys.exit(f"{shlex.join(command)} failed with {cost.code}:\n{cost.printed}")
    return min(costs, key=lambda cost: cost.cpu)


def compiled(folder: Path) -> dict[str, str]:
    """The environment in which Python keeps compiled code, as installation does: compiling is no part of a start."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def python(code: str, *arguments: str) -> list[str]:
    """The command that runs a piece of code in a fresh interpreter."""
    return [sys.executable, "-c", code, *arguments]


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines.extend("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)
    return "\n".join(lines)


def keep(name: str, title: str, body: str, figures: Any) -> None:
    """Prints a result and keeps it as Markdown and JSON, with the command and the commit."""
    told = provenance()
    lines = [
        f"# {title}",
        "",
        body,
        "",
        f"`{told['command']}`",
        "",
        "; ".join(f"{k} {v}" for k, v in told.items() if k != "command"),
    ]
    text = "\n".join(lines) + "\n"
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
    data = json.dumps({**told, "figures": figures}, indent=1, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(data + "\n", encoding="utf-8")
    print(text)


def _anywhere(word: str) -> str:
    """An argument as it holds on any machine: of an absolute path, the last part."""
    return Path(word).name if Path(word).is_absolute() else word


def provenance() -> dict[str, str]:
    """The command, the commit, and the machine."""
    module = getattr(sys.modules["__main__"], "__spec__", None)
    command = f"python -m {module.name}" if module is not None else "python " + Path(sys.argv[0]).name
    return {
        "command": shlex.join([*command.split(), *(_anywhere(word) for word in sys.argv[1:])]),
        "commit": commit(),
        "date": time.strftime("%Y-%m-%d"),
        "Python": platform.python_version(),
        "torch": installed("torch"),
        "CPU": cpu(),
    }


def commit() -> str:
    """The commit that is checked out; `+` where files of the library differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    changed = git("status", "--porcelain", "--", "graphviz_torch", "cli")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("+" if changed else "")


def installed(package: str) -> str:
    """The version of a package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def cpu() -> str:
    """The name of the processor, and how many cores this process may use."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"
