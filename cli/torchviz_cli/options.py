"""The options that several commands share, declared once."""

from __future__ import annotations

from typing import Annotated

import typer

from graphviz_torch.render.options import DIRECTIONS, ENGINES, THEMES

TargetArgument = Annotated[
    str,
    typer.Argument(metavar="TARGET", help="FILE.py:OBJECT, package.module:OBJECT, PROGRAM.pt2, or a saved GRAPH.json."),
]
InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        "-i",
        metavar="INPUT",
        help="[NAME=]SHAPE[:DTYPE[:FILL]][@DEVICE], [NAME=]@FILE[:KEY] or [NAME=]py:LITERAL. Repeatable.",
    ),
]
ArgOption = Annotated[
    list[str] | None, typer.Option("--arg", metavar="NAME=LITERAL", help="Keyword argument for OBJECT. Repeatable.")
]
TrainOption = Annotated[bool, typer.Option("--train", help="Run in training mode; evaluation is the default.")]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="Seed of inputs and run.")]
TracerOption = Annotated[str, typer.Option("--tracer", metavar="runtime|autograd|fx", help="Which graph.")]
LevelOption = Annotated[
    str, typer.Option("--level", metavar="function|both|aten", help="The user's words, aten operations, or both.")
]
DepthOption = Annotated[str, typer.Option("--depth", metavar="auto|N|all", help="How many levels of modules are open.")]
NoFoldOption = Annotated[bool, typer.Option("--no-fold", help="Draw every repeat.")]
FocusOption = Annotated[
    str | None, typer.Option("--focus", metavar="PATH", help="Only this module, its surroundings as ports.")
]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="A", help="With --to: only what lies on paths between the two.")
]
ToOption = Annotated[str | None, typer.Option("--to", metavar="B", help="See --from.")]
ThemeOption = Annotated[
    str,
    typer.Option("--theme", metavar="THEME", help=f"Colours: {', '.join(THEMES)}, or one of pyproject.toml."),
]
DirectionOption = Annotated[str, typer.Option("--direction", metavar="|".join(DIRECTIONS), help="Of the data flow.")]
EngineOption = Annotated[str, typer.Option("--engine", metavar="|".join(ENGINES), help="Who places the nodes.")]
ScaleOption = Annotated[float, typer.Option("--scale", metavar="X", help="Pixels of a PNG for each unit of the SVG.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
TracebackOption = Annotated[bool, typer.Option("--traceback", help="Show the full traceback of an error.")]
TimeoutOption = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", help="Stop loading and running after so long; 0: never.")
]
