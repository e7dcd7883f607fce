"""Small buffers are copied and compared together, and each is put back by itself."""

from __future__ import annotations

import torch

from graphviz_torch.trace.together import Together, grouped


def test_only_small_plain_tensors_that_are_all_of_their_memory_go_together() -> None:
    base = torch.zeros(4)
    one, other = torch.zeros(2), torch.zeros(3)
    apart = [base[1:3], torch.zeros(2**16), torch.zeros(2).to_sparse(), torch.zeros(2, device="meta")]
    groups, others = grouped([one, torch.tensor(5), other, *apart])
    assert [[id(tensor) for tensor in group] for group in groups if len(group) > 1] == [[id(one), id(other)]]
    assert len(groups) == 2
    assert [id(tensor) for tensor in others] == [id(tensor) for tensor in apart]


def test_what_was_written_or_moved_is_put_back() -> None:
    written, moved, left = torch.arange(6.0).reshape(2, 3), torch.ones(2), torch.tensor(float("nan"))
    shared, memory = written.numpy(), moved.data_ptr()
    count = written._version
    together = Together([written, moved, left])
    shared[1] = 7  # not counted as a write
    moved.data = torch.zeros(5)
    written.add_(1)
    together.restore()
    assert written.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert moved.tolist() == [1.0, 1.0]
    assert moved.data_ptr() == memory
    assert left.isnan()
    assert written._version == count
