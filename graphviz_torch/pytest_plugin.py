"""A fixture that locks the architecture of a model: a test fails, with the difference, when the model changes.

    def test_architecture(model_lock):
        model_lock(build(), torch.zeros(1, 3, 32, 32), "model.json")

`pytest --model-lock-update` writes the file anew. Nothing heavy is imported before a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
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

        given = tuple(args) if isinstance(args, (tuple, list)) else (args,)
        graph = api.trace(model, given, kwargs, TraceOptions(training=train, seed=0))
        _check(graph, folder / path, str(path), update=update)

    return check


def _check(graph: Graph, file: Path, name: str, *, update: bool) -> None:
    from graphviz_torch import api
    from graphviz_torch.diff.options import DiffOptions
    from graphviz_torch.errors import GraphFormatError
    from graphviz_torch.report import text

    problem = f"there is no file {name}" if not file.exists() else ""
    if not problem:
        try:
            comparison = api.diff(api.load(file), graph, DiffOptions(old=name, new="the model now"))
        except GraphFormatError as error:
            problem = f"{name} cannot be read: {error.message}"
        else:
            if comparison.equal:
                return
            problem = text.render(comparison).rstrip("\n")
    if not update:
        pytest.fail(f"{problem}\n\nif this is meant: pytest {FLAG}", pytrace=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    api.save(graph, file)
