"""All rules. A new file of rules is one import and one line here."""

from __future__ import annotations

from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules import (
    bias,
    broadcast,
    chance,
    cut,
    depth,
    devices,
    dtypes,
    failures,
    hooks,
    interface,
    logits,
    merged,
    modes,
    numbers,
    saturation,
    shapes,
    shared,
    spatial,
    synchronous,
    unregistered,
    unused,
    written,
)

RULES: tuple[Rule, ...] = (
    *interface.RULES,
    *failures.RULES,
    *shapes.RULES,
    *broadcast.RULES,
    *merged.RULES,
    *spatial.RULES,
    *devices.RULES,
    *synchronous.RULES,
    *dtypes.RULES,
    *unused.RULES,
    *cut.RULES,
    *bias.RULES,
    *numbers.RULES,
    *saturation.RULES,
    *written.RULES,
    *depth.RULES,
    *logits.RULES,
    *modes.RULES,
    *chance.RULES,
    *shared.RULES,
    *hooks.RULES,
    *unregistered.RULES,
)
