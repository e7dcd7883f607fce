"""Runs something for every model of a corpus: each in a process of its own, forked from that of its family."""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import multiprocessing
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.corpus_steps import Case, warm

Record = dict[str, Any]
Run = Callable[[Callable[[], Case], bool, Callable[[Record], None]], None]
FORK = multiprocessing.get_context("fork")


def arguments(description: str | None, out: str) -> argparse.Namespace:
    """The options that every such command has; the folder of the corpus is importable afterwards."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True, help="the folder of the corpus")
    parser.add_argument("--families", default="", help="comma-separated; all where not given")
    parser.add_argument("--models", default="", help="a regular expression for names of models")
    parser.add_argument("--all", action="store_true", help="models of every split, not of the open one alone")
    parser.add_argument("--limit", type=int, default=0, help="models a family")
    parser.add_argument("--seconds", type=float, default=300.0, help="for each model")
    parser.add_argument("--memory", type=int, default=12, help="GiB of address space beyond the start, for each model")
    parser.add_argument("--out", default=out)
    parser.add_argument("--resume", action="store_true", help="leave out models that --out has already")
    options = parser.parse_args()
    corpus = Path(options.corpus).resolve()
    if not (corpus / "registry.py").is_file():
        sys.exit(f"{corpus} has no registry.py")
    sys.path.insert(0, str(corpus))
    return options


def collected(options: argparse.Namespace, run: Run, line: Callable[[Record], str]) -> list[Record]:
    """The records of all models, each printed as a line and kept in a file as soon as it is there.

    Args:
        run: does what is to be done with one model, in the process of that model, and says what came of it.
    """
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    known = _read(out) if options.resume else []
    done = {record["model"] for record in known}
    with out.open("a" if options.resume else "w", encoding="utf-8") as lines:
        for record in _records(options, done, run):
            known.append(record)
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
            lines.flush()
            print(line(record), flush=True)
    return known


def _read(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _records(options: argparse.Namespace, done: set[str], run: Run) -> Iterator[Record]:
    """The records of all models, family by family, each family in a process of its own."""
    import registry

    splits = json.loads((Path(options.corpus) / "splits.json").read_text(encoding="utf-8"))
    for family in options.families.split(",") if options.families else list(registry.FAMILIES):
        receiving, sending = FORK.Pipe(duplex=False)
        server = FORK.Process(target=_family, args=(sending, family, splits, options, done, run))
        server.start()
        sending.close()
        with contextlib.suppress(EOFError):
            while True:
                yield receiving.recv()
        server.join()


def _family(
    sending: Connection, family: str, splits: dict[str, str], options: argparse.Namespace, done: set[str], run: Run
) -> None:
    """The process of one family: its library is imported once, then a child runs each model."""
    import registry
    import torch

    torch.set_num_threads(1)
    with _quiet():
        known = registry.load(family)
        known.preload_all()
        warm()
    gc.collect()
    gc.freeze()  # or each child walks, and so copies, the heap of the libraries
    names = [
        name
        for name in known.items
        if re.search(options.models, name) and name not in done and (options.all or splits.get(name) == "open")
    ]
    for name in names[: options.limit or None]:
        sending.send(_one(family, name, known, options, run))


def _one(family: str, name: str, known: Any, options: argparse.Namespace, run: Run) -> Record:
    """Runs one model in a child, under limits of time and memory."""
    receiving, speaking = FORK.Pipe(duplex=False)
    raises = bool(known.tags[name].get("raises"))
    child = FORK.Process(target=_child, args=(speaking, known.items[name], raises, options.memory, run))
    child.start()
    speaking.close()
    record: Record = {"family": family, "model": name, "raises": raises}
    deadline = time.monotonic() + options.seconds
    while receiving.poll(max(0.0, deadline - time.monotonic())):
        try:
            record.update(receiving.recv())
        except EOFError:
            break
    else:
        record.setdefault("errors", {})[record.get("step", "build")] = f"more than {options.seconds:.0f} s"
        os.killpg(child.pid, signal.SIGKILL) if child.pid else None
    child.join()
    if child.exitcode and "errors" not in record:
        record["errors"] = {record.get("step", "build"): f"the process ended with {child.exitcode}"}
    return record


def _child(speaking: Connection, factory: Any, raises: bool, memory: int, run: Run) -> None:
    os.setsid()
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    cap = size + memory * 2**30
    resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    with _quiet():
        run(factory, raises, speaking.send)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What libraries print goes nowhere."""
    import warnings

    warnings.filterwarnings("ignore")
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
