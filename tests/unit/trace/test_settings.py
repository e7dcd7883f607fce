"""Torch's settings are read past its Python functions, and are what these tell."""

from __future__ import annotations

from typing import Any

import torch

from graphviz_torch.trace.settings import settings_kept

CUDNN = ("enabled", "benchmark", "deterministic")
ATTENTION = ("flash", "mem_efficient", "math")


def told() -> dict[str, Any]:
    """As torch's documented functions tell it."""
    return {
        "device": torch.get_default_device(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "only warned": torch.is_deterministic_algorithms_warn_only_enabled(),
        "filled": torch.utils.deterministic.fill_uninitialized_memory,
        "precision": torch.get_float32_matmul_precision(),
        "warns": torch.is_warn_always_enabled(),
        "mkldnn": torch.backends.mkldnn.enabled,
        **{name: getattr(torch.backends.cudnn, name) for name in CUDNN},
        **{name: getattr(torch.backends.cuda, f"{name}_sdp_enabled")() for name in ATTENTION},
    }


def change_all() -> None:
    torch.set_default_device("meta")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.set_float32_matmul_precision("high")
    torch.set_warn_always(True)
    torch.backends.mkldnn.enabled = False
    for name in CUDNN:
        setattr(torch.backends.cudnn, name, not getattr(torch.backends.cudnn, name))
    for name in ATTENTION:
        getattr(torch.backends.cuda, f"enable_{name}_sdp")(False)


def test_every_setting_is_put_back() -> None:
    before = told()
    with settings_kept():
        change_all()
        changed = told()
        assert [name for name in before if before[name] == changed[name]] == []
    assert told() == before


def test_a_default_device_of_the_users_own_is_put_back() -> None:
    torch.set_default_device("meta")
    try:
        with settings_kept():
            torch.set_default_device("cpu")
        assert torch.get_default_device() == torch.device("meta")
    finally:
        torch.set_default_device(None)
    assert torch.get_default_device() == torch.device("cpu")
