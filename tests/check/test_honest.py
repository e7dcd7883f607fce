"""The catalogue tells the truth: each model fails, or runs, as its expectations say. Without `check` itself."""

from __future__ import annotations

import ast
import importlib.util
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from tests.check.harness import PLANTED, Case, Found, cases

torch.set_num_threads(1)
_ALL = [*cases(), *cases(PLANTED)]


def _of(*codes: str) -> Any:
    """All cases that have one of these faults."""
    chosen = [pytest.param(case, id=case.path.stem) for case in _ALL if not codes or _marks(case, *codes)]
    return pytest.mark.parametrize("case", chosen)


def _marks(case: Case, *codes: str) -> list[Found]:
    return sorted(mark for mark in case.expected if mark[0] in codes)


@dataclass(frozen=True, slots=True)
class Run:
    """How a model went: what it gave or raised, and in which line and module."""

    model: nn.Module | None
    result: Any = None
    error: BaseException | None = None
    line: int | None = None
    path: str = ""


def _load(case: Case) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"catalogue_{case.path.stem}", case.path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run(case: Case) -> Run:
    torch.manual_seed(0)
    model = None
    try:
        model, args, kwargs = _built(_load(case))
        model.train("training" in case.options and model.training)
        run = Run(model, model(*args, **kwargs))
        if case.options.get("backward") and _marks(case, "X001"):
            _backward(run)
        return run
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
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(case.path)), None)


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


@_of()
def test_says_what_it_is(case: Case) -> None:
    assert ast.get_docstring(ast.parse(case.text))
    assert _marks(case, case.path.stem.partition("_")[0].upper())


@_of()
def test_fails_where_it_says_or_runs(case: Case) -> None:
    run = _run(case)
    failure = _failure(case, run)
    if failure is None:
        assert run.error is None
        return
    _, path, line = failure
    assert run.error is not None
    if not _is_signature(case, line):
        assert (run.path, run.line) == (path, line)


def _failure(case: Case, run: Run) -> Found | None:
    """The fault that makes the model raise."""
    if "assume_device" in case.options:
        return None
    sure = _marks(case, "S001", "B001", "X001")
    possible = _marks(case, "D001", "D005", "N004", "A001", "A002") if run.error else []
    return next(iter(sure or possible), None)


def _is_signature(case: Case, line: int) -> bool:
    return case.text.split("\n")[line - 1].strip().startswith("def forward")


@_of("A002")
def test_gives_nothing(case: Case) -> None:
    run = _run(case)
    [(_, path, line)] = _marks(case, "A002")
    assert _is_signature(case, line)
    assert run.error is not None if path else run.result is None


@_of("A001")
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


@_of("P001", "P002")
def test_leaves_parameters_without_gradient(case: Case) -> None:
    run = _run(case)
    assert run.model is not None
    _backward(run)
    grads = [parameter.grad for parameter in run.model.parameters()]
    assert any(grad is None or not grad.any() for grad in grads)


@_of("G002")
def test_breaks_backward(case: Case) -> None:
    run = _run(case)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        _backward(run)


@_of("G004")
def test_gradients_vanish_or_explode(case: Case) -> None:
    run = _run(case)
    assert run.model is not None
    _backward(run)
    norms = {
        name: parameter.grad.norm().item() for name, parameter in run.model.named_parameters() if parameter.dim() > 1
    }
    [(_, path, _)] = _marks(case, "G004")
    ratio = norms[f"{path}.weight"] / list(norms.values())[-1]
    assert not 1e-5 <= ratio <= 1e5, norms  # nor is it NaN


@_of("N001")
def test_gives_something_that_is_no_number(case: Case) -> None:
    assert not all(tensor.isfinite().all() for tensor in _tensors(_run(case).result))


@_of("M003")
def test_two_calls_differ(case: Case) -> None:
    torch.manual_seed(0)
    model, args, kwargs = _built(_load(case))
    model.eval()
    first, second = (_tensors(model(*args, **kwargs)) for _ in range(2))
    assert any(not torch.equal(a, b) for a, b in zip(first, second, strict=True))


ASSIGNED = re.compile(r"self\.|= nn\.")  # to the module, or made in forward


@_of("P001", "P003", "P004", "D002")
def test_points_at_an_assignment(case: Case) -> None:
    lines = case.text.split("\n")
    marks = _marks(case, "P001", "P003", "P004", "D002")
    assert [line for _, _, line in marks if not ASSIGNED.search(lines[line - 1])] == []
