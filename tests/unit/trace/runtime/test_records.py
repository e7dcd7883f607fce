"""The records of a run go with it, without waiting for a garbage collection."""

from __future__ import annotations

import gc

import torch
from torch import nn

from graphviz_torch import api
from graphviz_torch.trace.runtime.records import Call, Held, Op


def records() -> list[object]:
    return [found for found in gc.get_objects() if type(found) in (Call, Held, Op)]


def test_no_record_outlives_a_trace() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(inplace=True), nn.Sequential(nn.Linear(4, 2)))
    gc.collect()
    gc.disable()
    before = records()  # other tests keep recordings of theirs
    try:
        api.trace(model, (torch.ones(1, 4),))
        assert len(records()) == len(before)
    finally:
        gc.enable()
