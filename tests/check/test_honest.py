"""The catalogue tells the truth: each model fails, or runs, as its expectations say. Without `check` itself."""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from tests.check.expectations import CATALOGUE, PLANTED, Case, Expectation, cases

_RAISES = {"S001", "B001", "X001"}
_ALL = [*cases(CATALOGUE), *cases(PLANTED)]


@dataclass(frozen=True, slots=True)
class Run:
    """How a model went: what it gave or raised, and in which line and module."""

    model: nn.Module | None
    result: Any = None
    error: BaseException | None = None
    line: int | None = None
    path: str = ""


def _load(case: Case) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"catalogue_{case.name}", case.file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run(case: Case) -> Run:
    torch.manual_seed(0)
    module = _load(case)
    model = None
    try:
        model, args, kwargs = _built(module)
        model.train("--train" in case.options and model.training)
        return Run(model, model(*args, **kwargs))
    except Exception as error:  # noqa: BLE001 - a faulty model raises what it likes
        return Run(model, None, error, _deepest_line(error, case), _path(error, model))


def _built(module: ModuleType) -> tuple[nn.Module, tuple[Any, ...], dict[str, Any]]:
    built = module.build()
    if isinstance(built, nn.Module):
        inputs = module.example_inputs()
        return built, inputs if isinstance(inputs, tuple) else (inputs,), {}
    model, args, kwargs = (*built, {})[:3]
    return model, args, kwargs


def _deepest_line(error: BaseException, case: Case) -> int | None:
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(case.file)), None)


def _path(error: BaseException, model: nn.Module | None) -> str:
    """The innermost module that was being called."""
    if model is None:
        return ""
    names = {id(module): name for name, module in model.named_modules()}
    called = [frame.f_locals.get("self") for frame in _frames(error) if frame.f_code.co_name == "_call_impl"]
    return next((names[id(module)] for module in reversed(called) if id(module) in names), "")


def _frames(error: BaseException) -> Iterator[Any]:
    for frame, _ in traceback.walk_tb(error.__traceback__):
        yield frame


def _is(case: Case, *codes: str) -> list[Expectation]:
    return [expectation for expectation in case.expectations if set(expectation.codes) & set(codes)]


def _allows(expectation: Expectation, path: str) -> bool:
    return any(path in paths for paths in expectation.paths)


@pytest.mark.parametrize("case", _ALL, ids=lambda case: case.name)
def test_says_what_it_is(case: Case) -> None:
    assert case.story
    assert case.expectations
    prefix = case.name.partition("_")[0].upper()
    assert any(prefix in expectation.codes for expectation in case.expectations)


@pytest.mark.parametrize("case", _ALL, ids=lambda case: case.name)
def test_fails_where_it_says_or_runs(case: Case) -> None:
    run = _run(case)
    failures = _is(case, *_RAISES) or (_is(case, "D001", "D005", "A001", "A002") if run.error else [])
    if _is(case, "D001") and "--assume-device" in case.options:
        failures = []
    if not failures:
        assert run.error is None, run.error
        return
    assert run.error is not None
    [expected] = failures
    if "A002" in expected.codes:
        return
    if run.line is None or _is_signature(case, expected):
        assert _is_signature(case, expected)
        return
    assert run.line == expected.line
    assert _allows(expected, run.path), run.path


def _is_signature(case: Case, expectation: Expectation) -> bool:
    return case.file.read_text().split("\n")[expectation.line - 1].strip().startswith("def forward")


@pytest.mark.parametrize("case", [case for case in _ALL if _is(case, "A002")], ids=lambda case: case.name)
def test_gives_nothing(case: Case) -> None:
    run = _run(case)
    [expected] = _is(case, "A002")
    [(path,)] = expected.paths
    assert _is_signature(case, expected)
    assert run.error is not None if path else run.result is None


@pytest.mark.parametrize("case", [case for case in _ALL if _is(case, "A001")], ids=lambda case: case.name)
def test_does_not_take_its_arguments(case: Case) -> None:
    assert isinstance(_run(case).error, TypeError)


def _tensors(result: Any) -> list[torch.Tensor]:
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, dict):
        return [tensor for value in result.values() for tensor in _tensors(value)]
    return [tensor for value in result for tensor in _tensors(value)] if isinstance(result, (tuple, list)) else []


def _backward(run: Run) -> None:
    sum(tensor.sum() for tensor in _tensors(run.result) if tensor.requires_grad).backward()  # type: ignore[union-attr]


@pytest.mark.parametrize("case", [case for case in _ALL if _is(case, "P001", "P002")], ids=lambda case: case.name)
def test_leaves_parameters_without_gradient(case: Case) -> None:
    run = _run(case)
    assert run.model is not None
    _backward(run)
    assert [name for name, parameter in run.model.named_parameters() if parameter.grad is None]


@pytest.mark.parametrize("case", [case for case in _ALL if _is(case, "G002")], ids=lambda case: case.name)
def test_breaks_backward(case: Case) -> None:
    run = _run(case)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        _backward(run)


@pytest.mark.parametrize("case", [case for case in _ALL if _is(case, "G004")], ids=lambda case: case.name)
def test_gradients_vanish_or_explode(case: Case) -> None:
    run = _run(case)
    assert run.model is not None
    _backward(run)
    norms = {
        name: parameter.grad.norm().item() for name, parameter in run.model.named_parameters() if parameter.dim() > 1
    }
    [expected] = _is(case, "G004")
    [(path,)] = expected.paths
    ratio = norms[f"{path}.weight"] / list(norms.values())[-1]
    assert ratio < 1e-5 or ratio > 1e5, norms


@pytest.mark.parametrize("case", [case for case in _ALL if _is(case, "N001")], ids=lambda case: case.name)
def test_gives_something_that_is_no_number(case: Case) -> None:
    assert not all(tensor.isfinite().all() for tensor in _tensors(_run(case).result))


@pytest.mark.parametrize("case", [case for case in _ALL if _is(case, "M003")], ids=lambda case: case.name)
def test_two_calls_differ(case: Case) -> None:
    torch.manual_seed(0)
    model, args, kwargs = _built(_load(case))
    model.eval()
    first, second = (_tensors(model(*args, **kwargs)) for _ in range(2))
    assert any(not torch.equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize(
    "case", [case for case in _ALL if _is(case, "P001", "P003", "P004", "D002")], ids=lambda case: case.name
)
def test_points_at_an_assignment(case: Case) -> None:
    lines = case.file.read_text().split("\n")
    for expectation in _is(case, "P003", "P004", "D002"):
        assert "self." in lines[expectation.line - 1]


def test_every_code_has_two() -> None:
    codes = [expectation.codes[0] for case in cases(CATALOGUE) for expectation in case.expectations]
    few = {code for code in codes if codes.count(code) < 2}
    assert not few
