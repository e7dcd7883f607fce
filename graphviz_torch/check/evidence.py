"""What rules read. Each thing is obtained once, and only when a rule asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from graphviz_torch.check.batches import Batches
from graphviz_torch.check.devices import Labels, labels
from graphviz_torch.check.flow import Flow
from graphviz_torch.check.lines import Lines
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.check.rule import Need
from graphviz_torch.ir.graph import Failure, Graph, SourceLocation
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.explain.case import Reason
from graphviz_torch.trace.explain.rules import reason_of
from graphviz_torch.trace.probes.records import (
    Arguments,
    Backward,
    Conflict,
    Forward,
    Loose,
    OtherBatch,
    Raised,
    Run,
    Statistics,
    Timings,
    ValueStats,
)

if TYPE_CHECKING:
    from graphviz_torch.errors import BuildError
    from graphviz_torch.trace.probes.model import Probes


class Evidence:
    """All that is known of one model.

    Of a saved graph there is the graph alone: what would ask the model answers with nothing.

    Args:
        probes: asks the model.
        graph: of a run that was saved, in place of a model.
        unbuilt: why there is neither.
    """

    def __init__(
        self,
        options: CheckOptions,
        *,
        probes: Probes | None = None,
        graph: Graph | None = None,
        unbuilt: BuildError | None = None,
    ) -> None:
        self.options = options
        self.unbuilt = unbuilt
        self._probes = probes
        self._ran = Run(graph) if graph is not None else None
        self.lines = Lines(options.roots)

    def of(self, run: Run) -> Evidence:
        """What is known of another run of the model, without any of a further one."""
        other = Evidence(self.options, graph=run.graph)
        other._ran = run
        return other

    # ---- the run

    @cached_property
    def arguments(self) -> Arguments | None:
        """What is wrong with the arguments of the run, which then did not take place."""
        return self._probes.arguments() if self._probes is not None else None

    @cached_property
    def run(self) -> Run:
        """The run, whole or up to where it raised; of an empty graph where nothing could run."""
        if self._ran is not None:
            return self._ran
        if self._probes is None or self.arguments is not None:
            return Run(Graph(""))
        if self.options.stats:
            return self._statistics.run
        return self._probes.run()

    @property
    def graph(self) -> Graph:
        """The graph of the run."""
        return self.run.graph

    @cached_property
    def index(self) -> GraphIndex:
        """Look-ups over the graph."""
        return GraphIndex(self.graph)

    @cached_property
    def flow(self) -> Flow:
        """How far gradients flow in the run."""
        return Flow(self.run, self.index)

    @property
    def complete(self) -> bool:
        """Whether the model ran to its end, so that what did not happen does not happen."""
        return bool(self.graph.modules) and self.graph.failure is None

    # ---- a run that raised

    @property
    def failure(self) -> Failure | None:
        """Where the run ended, if it did not end well."""
        return self.graph.failure

    @property
    def raised(self) -> Raised | None:
        """The exception that ended the run."""
        return self.run.raised

    @cached_property
    def reason(self) -> Reason | None:
        """Why the failing operation cannot take its operands, as far as that is known."""
        return None if self.failure is None else reason_of(self.index, self.failure)

    # ---- the model as it stands

    @cached_property
    def loose(self) -> tuple[Loose, ...]:
        """What the model holds without having registered it."""
        return self._probes.loose() if self._probes is not None else ()

    def place(self, path: str) -> SourceLocation | None:
        """Where the user's code makes a module, parameter or attribute."""
        return self._probes.place(path) if self._probes is not None else None

    def referenced(self, path: str) -> bool | None:
        """Whether the code of the model speaks of a module or parameter, so that another path may use it.

        `None` where that is not known, since the source cannot be read.
        """
        return self._probes.referenced(path) if self._probes is not None else None

    def spoken_of(self, path: str) -> bool:
        """Whether anything in the files of the model reads an attribute of that name, functions beside it too."""
        return self._probes is None or self._probes.spoken_of(path)

    def forward(self, path: str) -> Forward:
        """The `forward` of a module, as its source tells."""
        return self._probes.forward(path) if self._probes is not None else Forward(None)

    # ---- further runs: each costs at least one

    @property
    def other_mode(self) -> Graph | None:
        """A run in the other mode (training, where the run was one of evaluation), as far as it came."""
        return None if self.other_run is None else self.other_run.graph

    @cached_property
    def other_run(self) -> Run | None:
        """The same, with what is known beside the graph."""
        if self._probes is None or not self.complete:
            return None
        return self._probes.run(not self.graph.origin.training)

    @cached_property
    def other_batch(self) -> OtherBatch:
        """A run with a batch of another size; for rules that need it always (`second_run`) or found a reason to ask."""
        if self._probes is None or not self.complete:
            return OtherBatch(skipped=self._not_run)
        return self._probes.other_batch()

    @cached_property
    def batch(self) -> int:
        """The size of the batch; 0 where that is not clear."""
        return self._probes.batch_size() if self._probes is not None and self.arguments is None else 0

    @cached_property
    def batches(self) -> Batches | None:
        """The run beside that with a batch of another size; `None` where there is none."""
        other = self.other_batch
        if other.run is None:
            return None
        return Batches(other.size, other.other, self.index, GraphIndex(other.run.graph))

    @cached_property
    def backward(self) -> Backward:
        """A backward pass; `need`: `backward`."""
        if self._probes is None or not self.complete:
            return Backward(skipped=self._not_run)
        return self._probes.backward(self.options.loss)

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What the run kept for a backward pass and has written since; no pass is needed to tell."""
        if self._probes is None or not self.complete:
            return ()
        if self.options.backward:
            return self.backward.conflicts
        return self._probes.conflicts()

    @cached_property
    def stats(self) -> Mapping[str, ValueStats]:
        """The range of every value, by its id; `need`: `stats`."""
        if self._probes is None or self.arguments is not None:
            return {}
        return self._statistics.values

    @cached_property
    def _statistics(self) -> Statistics:
        if self._probes is None:
            return Statistics(Run(Graph("")), {})
        return self._probes.stats()

    @cached_property
    def again(self) -> Mapping[str, ValueStats]:
        """The same with another seed: what differs from `stats` depends on chance; `need`: `stats`."""
        if self._probes is None or self.arguments is not None:
            return {}
        return self._probes.stats((self.options.seed or 0) + 1).values

    @cached_property
    def remembers(self) -> bool:
        """Whether a second call on the same inputs and random state gives another answer."""
        return self._probes is not None and self.complete and self._probes.remembers()

    @cached_property
    def timings(self) -> Timings | None:
        """How long everything takes; `None` where that cannot be told; `need`: `time`."""
        if self._probes is None or not self.complete:
            return None
        return self._probes.timings()

    def lacking(self, needs: Iterable[Need]) -> str:
        """Why something that a rule needs is not to be had; empty where all of it is."""
        for need in needs:
            why = self._lacking(need)
            if why:
                return why
        return ""

    def _lacking(self, need: Need) -> str:
        if self._probes is None:
            return "a saved graph cannot be run"
        if need == "backward":
            return self.backward.skipped
        if need == "second_run":
            return self.other_batch.skipped
        if need == "time" and self.timings is None:
            return "the model does not run to its end, or takes another way each time"
        return ""

    @property
    def _not_run(self) -> str:
        return "a saved graph cannot be run" if self._probes is None else "the model did not run to its end"

    # ---- devices

    @cached_property
    def labels(self) -> Labels:
        """Where each value is: as it was, or as it would be on the device that the options assume."""
        return labels(self.index, self.options.assume_device)

    @cached_property
    def moved(self) -> Labels:
        """Where each value would be if the model and its inputs were moved: to the assumed device, else to a GPU."""
        return self.labels if self.options.assume_device else labels(self.index, "cuda")
