"""What findings say beside where they are: computed help, where branches were one, where a type comes in."""

from __future__ import annotations

import pytest

from tests.check.harness import CATALOGUE, check


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("s001_text_convolution_channels_last", "`transpose(1, 2)` before it gives 4×64×30"),
        ("s001_class_token_without_place", "`pos` of 1×17×24 fits"),
        ("s001_unet_of_odd_height", ""),
        ("s001_flatten_takes_the_batch", "`flatten(1)` gives 4×2048: a row for each sample"),
        ("s001_bce_target_without_dimension", "`unsqueeze(1)` makes 4×1 of the target"),
        ("s001_labels_in_a_column", "`squeeze(1)` makes 4 of the target"),
        ("s001_memory_of_another_width", "`kdim=32, vdim=32` where the layer is made"),
        ("s001_padding_as_attention_mask", "`key_padding_mask` takes one of 2×6"),
        ("d005_one_hot_labels_of_integers", "`.float()` before it"),
        ("d005_gather_with_floats", "action.long()"),
        ("x001_half_of_a_length", "`//` in place of `/`"),
        ("s003_frames_stacked_first", "`stack(..., dim=1)` gives 4×5×8"),
        ("s003_lstm_without_batch_first", "`batch_first=True` takes dimension 0 for the batch"),
        ("n004_scores_into_nll_loss", "`cross_entropy` takes what `fc` gives"),
        ("x001_lstm_output_is_a_tuple", "net.0(...)[0] is the first of them, 2×10×16"),
    ],
)
def test_the_help_is_what_would_fit(name: str, help: str) -> None:
    [found] = check(CATALOGUE / f"{name}.py")
    assert found.help == help


def test_both_branches_of_a_cat_are_shown_and_where_they_were_one() -> None:
    [found] = check(CATALOGUE / "s001_unet_of_odd_height.py")
    assert found.notes == (
        "25 is made by pool at s001_unet_of_odd_height.py:22",
        "24 is made by up at s001_unet_of_odd_height.py:24",
        "both branches come from down2.2 (2×16×25×25) at s001_unet_of_odd_height.py:22",
    )


def test_a_type_is_followed_to_where_it_comes_in() -> None:
    [found] = check(CATALOGUE / "d005_statistics_of_numpy.py")
    assert found.notes[-1].startswith("float64 comes from a tensor from outside of torch, read at d005_")


def test_what_a_class_has_in_place_of_forward() -> None:
    [found] = check(CATALOGUE / "x001_forward_not_defined.py")
    assert found.message == "`attention` has no `forward`, and is called"
    assert found.notes == ("it has `foward` at x001_forward_not_defined.py:12",)
    [found] = check(CATALOGUE / "x001_list_of_modules_called.py")
    assert found.notes == ("it holds modules, and calls none of them; `nn.Sequential` does, one after the other",)
