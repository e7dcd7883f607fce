"""Level `aten`: nothing says that a tensor is given other memory, so each is looked at where it is read."""

from __future__ import annotations

from collections.abc import Callable

import torch

from graphviz_torch.trace.lazy import lazy
from graphviz_torch.trace.runtime.keeping import KeepingRecorder
from graphviz_torch.trace.runtime.memory import Geometry
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Held
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor


class AtenRecorder(Recorder):
    """Sees `x.data = y` by its effect."""

    def __init__(self, statics: Statics, about_to_write: Callable[[Tensor], None]) -> None:
        super().__init__(statics, about_to_write)
        for tensor in statics.tensors():  # a weight can be given other memory before it is first read
            if not lazy(tensor):
                self.find(tensor)

    def operand(self, tensor: Tensor, region: Geometry | None = None) -> Held:
        """As for every recorder."""
        held = self.known(tensor)
        if held is not None and self.moved(tensor, held):
            self.gave(tensor, held)
        return super().operand(tensor, region)


class KeepingAtenRecorder(AtenRecorder, KeepingRecorder):
    """The same, and keeps what a replay needs."""
