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


def test_the_first_collection_after_a_trace_finds_no_records() -> None:
    """It would look through all of them."""
    model = nn.Sequential(*[nn.ReLU() for _ in range(300)])
    gc.collect()
    before, found = len(records()), list[int]()

    def look(phase: str, _: object) -> None:
        if phase == "start":
            found.append(len(records()))

    gc.callbacks.append(look)
    try:
        api.trace(model, (torch.ones(1, 4),))
        gc.collect(0)
    finally:
        gc.callbacks.remove(look)
    assert found[0] == before
