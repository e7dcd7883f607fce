"""Fixtures for tests of models: one locks the architecture, one says what is wrong.

    def test_architecture(model_lock):
        model_lock(build(), torch.zeros(1, 3, 32, 32), "model.json")

    def test_nothing_is_wrong(model_check):
        model_check(build(), torch.zeros(1, 3, 32, 32), ignore=("P004",))

The first fails, with the difference, when the model changes; `pytest --model-lock-update` writes the file anew. The
second fails with the findings. Nothing heavy is imported before a test asks for a fixture.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from graphviz_torch.check.report import Report
    from graphviz_torch.ir.graph import Graph

FLAG = "--model-lock-update"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the flag that writes the files anew."""
    group = parser.getgroup("torchviz-cli")
    group.addoption(FLAG, action="store_true", help="write the files of `model_lock` from what the models are now")


@pytest.fixture
def model_lock(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Compares a model with the graph that was saved of it, or saves it with `--model-lock-update`.

    Call it as `model_lock(model, args, path)`; the path counts from the folder of the test. `kwargs` are passed to the
    model too, and `train=True` runs it in training mode.
    """
    folder, update = request.path.parent, bool(request.config.getoption(FLAG))
    command = f"pytest {FLAG} {shlex.quote(_this_test(request))}"

    def check(
        model: Any,
        args: Any = (),
        path: str | Path = "model.json",
        *,
        kwargs: Mapping[str, Any] | None = None,
        train: bool = False,
    ) -> None:
        from graphviz_torch import api
        from graphviz_torch.trace.options import TraceOptions

        graph = api.trace(model, args, kwargs, TraceOptions(training=train, seed=0))
        problem = _problem(graph, folder / path, str(path))
        if problem and not update:
            pytest.fail(f"{problem}: {command}", pytrace=False)
        if problem:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            api.save(graph, folder / path)

    return check


@pytest.fixture
def model_check() -> Callable[..., Report]:
    """Fails where something is wrong with a model, with the findings as its text; else returns the report.

    Call it as `model_check(model, args)`; `kwargs` are passed to the model too, `train=True` runs it in training mode,
    `fail_on="error"` lets warnings pass, and further options are those of `CheckOptions`: `select`, `ignore` ...
    """

    def check(
        model: Any,
        args: Any = (),
        *,
        kwargs: Mapping[str, Any] | None = None,
        train: bool = False,
        fail_on: Literal["error", "warning"] = "warning",
        **options: Any,
    ) -> Report:
        from graphviz_torch import api
        from graphviz_torch.check.options import CheckOptions

        report = api.check(model, args, kwargs, CheckOptions(training=train, **options))
        if report.worst(fail_on):
            pytest.fail(report.text().rstrip("\n"), pytrace=False)
        return report

    return check


def _this_test(request: pytest.FixtureRequest) -> str:
    """The test as it is named on a command line in the current folder."""
    _, _, name = request.node.nodeid.partition("::")
    return f"{os.path.relpath(request.path)}::{name}"


def _problem(graph: Graph, file: Path, name: str) -> str:
    """What is to be said of a file that is not as the model is now, and what a command is for; empty for nothing."""
    from graphviz_torch import api
    from graphviz_torch.diff.options import DiffOptions
    from graphviz_torch.errors import GraphFormatError
    from graphviz_torch.report import text

    if not file.exists():
        return f"there is no file {name} yet\n\nto write it from the model as it is now"
    try:
        comparison = api.diff(api.load(file), graph, DiffOptions(old=name, new="the model now"))
    except GraphFormatError as error:
        return f"{name} cannot be read: {error.message}\n\nto write it anew"
    return "" if comparison.equal else f"{text.render(comparison)}\nif this is meant"
