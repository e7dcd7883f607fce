"""Runs every model of an external corpus: traced, checked, true, replayed, drawn, each exception with its cause.

The corpus is a folder with `registry.py` (`FAMILIES`, `load(family)` with `.items` of name to
`factory() -> (model, args, kwargs)`, `.tags`, `.preload_all()`) and `splits.json` (name to split). Each model runs in
a process of its own, forked from one that has imported the family's library.
"""

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
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.corpus_report import summary
from benchmarks.corpus_steps import run_model, warm

Record = dict[str, Any]
FORK = multiprocessing.get_context("fork")


def main() -> None:
    options = _arguments()
    corpus = Path(options.corpus).resolve()
    if not (corpus / "registry.py").is_file():
        sys.exit(f"{corpus} has no registry.py")
    sys.path.insert(0, str(corpus))
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    known = _read(out) if options.resume else []
    done = {record["model"] for record in known}
    with out.open("a" if options.resume else "w", encoding="utf-8") as lines:
        for record in _records(options, corpus, done):
            known.append(record)
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
            lines.flush()
            print(_line(record), flush=True)
    summary(known, out.with_suffix("").name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True, help="the folder of the corpus")
    parser.add_argument("--families", default="", help="comma-separated; all where not given")
    parser.add_argument("--models", default="", help="a regular expression for names of models")
    parser.add_argument("--all", action="store_true", help="models of every split, not of the open one alone")
    parser.add_argument("--limit", type=int, default=0, help="models a family")
    parser.add_argument("--seconds", type=float, default=300.0, help="for each model")
    parser.add_argument("--memory", type=int, default=12, help="GiB of address space beyond the start, for each model")
    parser.add_argument("--out", default="benchmarks/results/corpus.jsonl")
    parser.add_argument("--resume", action="store_true", help="leave out models that --out has already")
    return parser.parse_args()


def _read(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _records(options: argparse.Namespace, corpus: Path, done: set[str]) -> Iterator[Record]:
    """The records of all models, family by family, each family in a process of its own."""
    import registry

    splits = json.loads((corpus / "splits.json").read_text(encoding="utf-8"))
    for family in options.families.split(",") if options.families else list(registry.FAMILIES):
        receiving, sending = FORK.Pipe(duplex=False)
        server = FORK.Process(target=_family, args=(sending, family, splits, options, done))
        server.start()
        sending.close()
        with contextlib.suppress(EOFError):
            while True:
                yield receiving.recv()
        server.join()


def _family(
    sending: Connection, family: str, splits: dict[str, str], options: argparse.Namespace, done: set[str]
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
        sending.send(_one(family, name, known, options))


def _one(family: str, name: str, known: Any, options: argparse.Namespace) -> Record:
    """Runs one model in a child, under limits of time and memory."""
    receiving, speaking = FORK.Pipe(duplex=False)
    raises = bool(known.tags[name].get("raises"))
    child = FORK.Process(target=_child, args=(speaking, known.items[name], raises, options.memory))
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


def _child(speaking: Connection, factory: Any, raises: bool, memory: int) -> None:
    os.setsid()
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    cap = size + memory * 2**30
    resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    with _quiet():
        run_model(factory, raises, speaking.send)


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


def _line(record: Record) -> str:
    marks = "".join(record.get(step, "·")[:1] for step in ("trace", "check", "taint", "replay", "draw", "draw_all"))
    causes = "; ".join(f"{step}: {cause}" for step, cause in record.get("errors", {}).items())
    return f"{marks}  {record['family']:<13} {record['model']:<30} {causes}"[:200]


if __name__ == "__main__":
    main()
