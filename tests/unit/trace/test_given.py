"""What programs hand over is a model and its arguments; anything else is told in their words."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import nn

import graphviz_torch
from graphviz_torch.errors import ArgumentsError, TargetError, TorchvizError

X = torch.zeros(1, 4)
WRONG = {
    "a class": (nn.Linear, X, None, TargetError, "Linear is a class; make a model of it", "trace(Linear(...), x)"),
    "a function": (len, X, None, TargetError, "not a value of type builtin_function_or_method", "nn.Module"),
    "two tensors": (nn.Linear(4, 2), X, X, ArgumentsError, "not a value of type Tensor", "trace(model, (x, y))"),
    "numbers for names": (nn.ReLU(), (), {1: X}, ArgumentsError, "mapping from their names", "trace(model, (x, y))"),
}


@pytest.mark.parametrize("function", [graphviz_torch.trace, graphviz_torch.check])
@pytest.mark.parametrize("name", WRONG)
def test_what_is_handed_over_wrongly(name: str, function: Any) -> None:
    model, args, kwargs, kind, message, hint = WRONG[name]
    with pytest.raises(kind) as caught:
        function(model, args, kwargs)
    assert isinstance(caught.value, TorchvizError)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("args", [X, (X,), [X]], ids=["alone", "tuple", "list"])
def test_one_argument_may_be_alone(args: Any) -> None:
    assert graphviz_torch.trace(nn.Linear(4, 2), args).values[-1].meta.shape == (1, 2)


def test_python_prints_what_to_do_below_the_message() -> None:
    code = "import graphviz_torch, torch; graphviz_torch.trace(torch.nn.ReLU, torch.zeros(1))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.endswith("TargetError: ReLU is a class; make a model of it\nhelp: trace(ReLU(...), x)\n")
