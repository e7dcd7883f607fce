"""Draws every sample into docs/gallery: `python samples/make_gallery.py [--check]`.

With --check nothing is written; the exit code is 1 when a committed picture is not what the code draws now.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphviz_torch.diff.result import Comparison
    from graphviz_torch.ir.graph import Graph

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "docs" / "gallery"
IMAGES = ROOT / "docs" / "images"


@dataclass(frozen=True)
class Entry:
    """One picture: a title, the sample, the object in it, and options as they are typed.

    With `before`, the name of another sample, it is the comparison of the two.
    """

    title: str
    sample: str
    object: str = "build"
    options: str = ""
    image: bool = False
    before: str = ""

    @property
    def name(self) -> str:
        if self.before:
            return f"{self.sample}_diff"
        suffix = "" if self.object == "build" else "_" + self.object.removeprefix("build_")
        return self.sample + suffix + ("_backward" if "autograd" in self.options else "")

    @property
    def target(self) -> str:
        return f"samples/{self.sample}.py:{self.object}"

    @property
    def target_before(self) -> str:
        return f"samples/{self.before}.py:{self.object}"

    @property
    def command(self) -> str:
        if self.before:
            return f"torchviz-cli diff {self.target_before} {self.target} -o diff.svg"
        return " ".join(f"torchviz-cli render samples/{self.sample}.py:{self.object} {self.options}".split())


ENTRIES = (
    Entry("A three-layer perceptron", "mlp", image=True),
    Entry("The same with a shape fault", "mlp_faulty", image=True),
    Entry("Its backward graph", "mlp", options="--tracer autograd"),
    Entry("Two layers as Sequential", "two_layer_sequential"),
    Entry("Two layers as ModuleList", "two_layer_module_list"),
    Entry("Heads in a ModuleDict", "module_dict"),
    Entry("A network of modules", "functional"),
    Entry("The same of functions", "functional", "build_functional"),
    Entry("A residual CNN", "residual_cnn"),
    Entry("A U-Net", "unet", options="--depth 1", image=True),
    Entry("An LSTM classifier", "lstm"),
    Entry("A transformer encoder", "transformer_encoder"),
    Entry("A transformer decoder", "transformer_decoder", image=True),
    Entry("A mixture of experts", "mixture_of_experts"),
    Entry("A GAN", "gan"),
    Entry("A Siamese network", "siamese"),
    Entry("Control flow that depends on data", "control_flow"),
    Entry("Several inputs, a dict of outputs", "multi_input"),
    Entry("Forward hooks, and one that is passed by", "hooks"),
    Entry("Two devices", "two_devices", options="--color-by device"),
    Entry("BERT", "bert", image=True),
    Entry("GPT-2", "gpt2"),
    Entry("Llama", "llama"),
    Entry("What changed between two versions", "classifier", image=True, before="classifier_before"),
)


def draw(entry: Entry, formats: tuple[str, ...]) -> dict[str, bytes]:
    """The pictures of one entry, drawn by the code that the command runs."""
    if entry.before:
        return draw_comparison(entry, formats)
    from graphviz_torch import api
    from graphviz_torch.passes.options import ViewOptions
    from graphviz_torch.render.options import RenderOptions

    words = entry.options.split()
    given = dict(zip(words[::2], words[1::2], strict=True))
    depth = given.get("--depth", "auto")
    graph = traced(entry.target, given.get("--tracer", "runtime"))
    view = ViewOptions(depth=int(depth) if depth.isdigit() else depth)
    look = RenderOptions(color_by=given.get("--color-by", "kind"))
    return {name: api.render(graph, name, view, look) for name in formats}


def traced(target: str, tracer: str = "runtime") -> Graph:
    """The graph of one target."""
    from torchviz_cli.console import Console
    from torchviz_cli.graphs import Request, obtain

    return obtain(Request(target, tracer=tracer), Console(quiet=True)).graph


def compared(entry: Entry) -> tuple[Graph, Graph, Comparison]:
    """Both graphs of a comparison, and what was found between them."""
    from graphviz_torch import api
    from graphviz_torch.diff.options import DiffOptions

    old, new = traced(entry.target_before), traced(entry.target)
    return old, new, api.diff(old, new, DiffOptions(old=entry.target_before, new=entry.target))


def draw_comparison(entry: Entry, formats: tuple[str, ...]) -> dict[str, bytes]:
    """The pictures of a comparison."""
    from graphviz_torch import api

    old, new, found = compared(entry)
    return {name: api.render_diff(old, new, found, name) for name in formats}


def files(entry: Entry) -> Iterator[tuple[Path, bytes]]:
    """What belongs on disk for one entry."""
    pictures = draw(entry, ("svg", "png") if entry.image else ("svg",))
    yield GALLERY / f"{entry.name}.svg", pictures["svg"]
    if entry.image:
        yield IMAGES / f"{entry.name}.png", pictures["png"]


def index() -> str:
    """The page that shows all pictures."""
    lines = [
        "# Gallery",
        "",
        "Every sample, drawn by the command above it. Made by `python samples/make_gallery.py`.",
        "",
    ]
    for entry in ENTRIES:
        lines += [
            f"## {entry.title}",
            "",
            "```console",
            entry.command,
            "```",
            "",
            f"![{entry.title}]({entry.name}.svg)",
            "",
        ]
    return "\n".join(lines)


def versions() -> str:
    """What the pictures depend on besides this project: other versions may run other operations."""
    found = {name: version(name).partition("+")[0] for name in ("torch", "transformers")}
    return json.dumps(found, indent=2) + "\n"


def stale(entries: tuple[Entry, ...] = ENTRIES) -> list[str]:
    """Names of the files that are not what the code draws now."""
    found = [str(path.relative_to(ROOT)) for entry in entries for path, data in files(entry) if not _same(path, data)]
    page = GALLERY / "README.md"
    return found if _same(page, index().encode()) else [*found, str(page.relative_to(ROOT))]


def _same(path: Path, data: bytes) -> bool:
    return path.exists() and path.read_bytes() == data


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a picture is stale")
    if parser.parse_args().check:
        names = stale()
        for name in names:
            sys.stderr.write(f"stale: {name}; run python samples/make_gallery.py\n")
        return 1 if names else 0
    GALLERY.mkdir(parents=True, exist_ok=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for entry in ENTRIES:
        for path, data in files(entry):
            path.write_bytes(data)
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    (GALLERY / "README.md").write_text(index(), encoding="utf-8")
    (GALLERY / "versions.json").write_text(versions(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    import os

    os.chdir(ROOT)
    sys.exit(main())
