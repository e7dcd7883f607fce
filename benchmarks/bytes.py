"""Whether every format gives the same bytes on every run: other hash seeds, with and without system fonts."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence

from benchmarks.common import keep, process, table

FORMATS = ("svg", "png", "dot", "json", "mermaid", "text", "pdf")
MODELS = ("reuse", "experts", "view_writes", "outputs", "encoder", "hooks", "cond", "inputs")

RUN = """
import hashlib, json, sys
import torch
from graphviz_torch import api
from tests.models.catalogue import MODELS
torch.set_num_threads(1)
found = {}
for name in sys.argv[2].split(","):
    torch.manual_seed(0)
    model, args, kwargs = MODELS[name]()
    graph = api.trace(model, args, kwargs)
    for format in sys.argv[1].split(","):
        found[f"{name}.{format}"] = hashlib.sha256(api.render(graph, format)).hexdigest()
print(json.dumps(found))
"""

# In a mount namespace of its own the process sees an empty folder where the system has its fonts.
WITHOUT_FONTS = ("unshare", "-rm", "sh", "-c", 'mount -t tmpfs none /usr/share/fonts && exec "$@"', "sh")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    hidden = process([*WITHOUT_FONTS, "true"]).code == 0
    found = [_digests(seed, WITHOUT_FONTS if hidden and seed % 2 else ()) for seed in range(runs)]
    report(found, hidden)


def _digests(seed: int, prefix: Sequence[str]) -> dict[str, str]:
    """The digest of every picture, from a process of its own."""
    command = [*prefix, sys.executable, "-W", "ignore", "-c", RUN, ",".join(FORMATS), ",".join(MODELS)]
    cost = process(command, {"PYTHONHASHSEED": str(1000 + seed * 7919), "PYTHONPATH": "."})
    if cost.code:
        sys.exit(cost.printed)
    digests: dict[str, str] = json.loads(cost.printed.splitlines()[-1])
    return digests


def report(found: list[dict[str, str]], hidden: bool) -> None:
    """Prints and keeps how many differ."""
    rows, figures = [], {}
    for format in FORMATS:
        pictures = [name for name in found[0] if name.endswith(f".{format}")]
        differing = [name for name in pictures if len({digests[name] for digests in found}) > 1]
        rows.append((format, len(pictures), len(pictures) - len(differing), ", ".join(differing)))
        together = "".join(found[0][name] for name in pictures)
        figures[format] = {"same": not differing, "sha256": hashlib.sha256(together.encode()).hexdigest()}
    fonts = "every second one without system fonts" if hidden else "all with system fonts: they cannot be hidden here"
    intro = f"{len(found)} processes, each with another PYTHONHASHSEED, {fonts}."
    body = table(("format", "pictures", "the same in every run", "differing"), rows)
    keep("bytes", "The same bytes on every run", f"{intro}\n\n{body}", figures)


if __name__ == "__main__":
    main()
