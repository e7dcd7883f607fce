"""What is made in bulk is what the frozen classes make."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from graphviz_torch.ir import drafts, graph

MADE = {
    drafts.make_call: graph.ModuleCall,
    drafts.make_location: graph.SourceLocation,
    drafts.make_meta: graph.TensorMeta,
    drafts.make_module: graph.Module,
    drafts.make_node: graph.Node,
    drafts.make_tensor: graph.Tensor,
    drafts.make_value: graph.Value,
}


@pytest.mark.parametrize(("make", "kind"), MADE.items(), ids=lambda found: found.__name__)
def test_a_draft_becomes_the_frozen_class(make: Any, kind: Any) -> None:
    given = [field.name for field in fields(kind)]
    found = make(*given)
    assert type(found) is kind
    assert found == kind(*given)
    assert hash(found) == hash(kind(*given))
    with pytest.raises(FrozenInstanceError):
        setattr(found, given[0], "another")
