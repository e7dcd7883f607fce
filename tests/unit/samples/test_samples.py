"""Every sample loads as the command line loads it, runs, and gives a graph that keeps the rules."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import torch

from graphviz_torch import api
from graphviz_torch.errors import TraceError
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace import input_grammar, inputs, loading, targets
from graphviz_torch.trace.loading import Loaded
from graphviz_torch.trace.options import TraceOptions

SAMPLES = Path(__file__).parents[3] / "samples"
FAULTY = "mlp_faulty"
SCRIPTS = ("run_notebooks",)
REAL = ("bert", "gpt2", "llama")
NAMES = tuple(sorted(path.stem for path in SAMPLES.glob("*.py") if path.stem not in (*SCRIPTS, FAULTY)))
OBJECTS = (*((name, "build") for name in NAMES), ("functional", "build_functional"))


def load(name: str, object: str = "build") -> Loaded:
    if name in REAL and importlib.util.find_spec("transformers") is None:
        pytest.skip("transformers is not installed")
    return loading.load(targets.parse(f"{SAMPLES / name}.py:{object}", ()))


def traced(loaded: Loaded) -> Graph:
    return api.trace(loaded.model, loaded.args or (), loaded.kwargs, TraceOptions(training=False, seed=0))


def operations(graph: Graph) -> list[str]:
    return [node.name for node in graph.nodes if node.kind == "call"]


def test_there_are_all_that_the_gallery_promises() -> None:
    assert set(NAMES) >= {"mlp", "two_layer_sequential", "two_layer_module_list", "module_dict", "functional", "unet"}
    assert set(NAMES) >= {"residual_cnn", "lstm", "transformer_encoder", "transformer_decoder", "mixture_of_experts"}
    assert set(NAMES) >= {"gan", "siamese", "control_flow", "multi_input", "two_devices", *REAL}


@pytest.mark.parametrize(("name", "object"), OBJECTS)
def test_runs_and_is_traced(name: str, object: str) -> None:
    torch.set_num_threads(1)
    loaded = load(name, object)
    loaded.model.eval()
    with torch.no_grad():
        assert loaded.model(*(loaded.args or ()), **loaded.kwargs) is not None
    graph = traced(loaded)
    check(graph)
    assert graph.failure is None
    assert graph.outputs


@pytest.mark.parametrize("name", ["mlp", FAULTY])
def test_the_perceptrons_take_the_shape_of_the_manual(name: str) -> None:
    loaded = load(name)
    args, kwargs = inputs.make(loaded.model, (input_grammar.parse("1x32"),), 0)
    assert (tuple(args[0].shape), kwargs) == ((1, 32), {})


def test_the_faulty_perceptron_fails_at_its_second_layer() -> None:
    with pytest.raises(TraceError) as caught:
        traced(load(FAULTY))
    graph = caught.value.graph
    check(graph)
    assert graph.failure is not None
    assert graph.failure.node is not None
    assert graph.failure.node.startswith("layer2#0:linear")
    assert operations(graph) == ["linear", "relu", "linear"]


def test_modules_and_functions_give_the_same_numbers() -> None:
    torch.manual_seed(3)
    modules = load("functional")
    torch.manual_seed(3)
    functions = load("functional", "build_functional")
    assert sum(1 for _ in modules.model.children()) > sum(1 for _ in functions.model.children()) == 0
    image = torch.randn(2, 3, 16, 16)
    assert torch.equal(modules.model(image), functions.model(image))


def test_one_encoder_of_the_siamese_network_is_called_twice() -> None:
    calls = [call.id for call in traced(load("siamese")).calls]
    assert {"encoder#0", "encoder#1"} <= set(calls)


def test_only_the_chosen_way_is_in_the_graph() -> None:
    called = {call.path for call in traced(load("control_flow")).calls}
    assert "small" not in called
    assert "large" in called


def test_two_devices_are_seen() -> None:
    graph = traced(load("two_devices"))
    assert {value.meta.device for value in graph.values} == {"cpu", "meta"}


@pytest.mark.parametrize("name", REAL)
def test_the_real_ones_have_twelve_blocks(name: str) -> None:
    loaded = load(name)
    assert loaded.model.config.num_hidden_layers == 12
