"""On good models nothing is found, in either mode; those in `good` are traps for the rules."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from graphviz_torch import api
from graphviz_torch.check.options import CheckOptions
from tests.check.harness import GOOD as TRAPS
from tests.check.harness import Case, cases, check, found
from tests.models import catalogue, control, gradients, layers, machinery

torch.set_num_threads(1)
SAMPLES = Path(__file__).parents[2] / "samples"
REAL = ("bert", "gpt2", "llama")
SCRIPTS = ("run_notebooks",)
FAULTY = ("mlp_faulty", "hooks", "never_learns", "wrong_device")
GOOD = sorted(path.stem for path in SAMPLES.glob("*.py") if path.stem not in SCRIPTS + FAULTY)


@pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])
@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_found(name: str, training: bool) -> None:
    if name in REAL and importlib.util.find_spec("transformers") is None:
        pytest.skip("transformers is not installed")
    report = check(SAMPLES / f"{name}.py", training=training)
    assert found(report) == set(), report.text()


@pytest.mark.parametrize("case", cases(TRAPS), ids=lambda case: case.path.stem)
def test_no_rule_falls_into_a_trap(case: Case) -> None:
    report = check(case.path, **case.options)
    assert found(report) == case.expected, report.text()
    assert report.graph.failure is None


@pytest.mark.parametrize(
    "factory",
    [
        layers.lstm,
        layers.encoder,
        layers.fourier,
        layers.windows,
        control.reuse,
        control.tied,
        gradients.checkpointed,
        gradients.functional_call,
        machinery.parametrized,
        machinery.lazy,
    ],
)
def test_nothing_is_found_in_models_of_other_tests(factory: Callable[[], catalogue.Case]) -> None:
    model, args, kwargs = factory()
    report = api.check(model, args, kwargs, CheckOptions(training=False))
    assert found(report) == set(), report.text()
