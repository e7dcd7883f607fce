"""What an entry shows: the graph of a run, or of two versions that are compared."""

from __future__ import annotations

from dataclasses import dataclass

from graphviz_torch import api
from graphviz_torch.errors import TargetError
from graphviz_torch.ir.graph import Graph
from torchviz_cli.console import Console
from torchviz_cli.documents.entries import Entry
from torchviz_cli.graphs import Obtained, obtain


@dataclass(frozen=True, slots=True)
class Run:
    """What was obtained for an entry.

    Attributes:
        raised: what the model raised, one fact a line; empty where it ran to its end.
        old: what the graph is compared with; `None` for a picture of one version.
    """

    graph: Graph
    raised: tuple[str, ...] = ()
    old: Graph | None = None


def run(entry: Entry) -> Run:
    """Runs the model of an entry; each version of a comparison in a process of its own, as `diff` does.

    Raises:
        TorchvizError: the target, the model or an input is not right.
    """
    if entry.against:
        return _compared(entry)
    obtained = obtain(entry.request, Console())
    return Run(obtained.graph, _raised(obtained))


def _compared(entry: Entry) -> Run:
    from torchviz_cli.versions.obtain import obtain_both
    from torchviz_cli.versions.sides import sides

    target, against = entry.request.target, entry.against
    is_revision = ":" not in against and not against.lower().endswith(".json")
    old, new = sides([target], against) if is_revision else sides([against, target], None)
    versions = obtain_both(old, new, (entry.request, entry.request), Console(), follow=False)
    raised = next((version.raised for version in reversed(versions) if version.raised), ())
    if versions[0].raised and not versions[1].raised:
        raise TargetError(f"the older version, {old.text}, raised {raised[0]}", details=raised[1:])
    return Run(versions[1].graph, raised, versions[0].graph)


def _raised(obtained: Obtained) -> tuple[str, ...]:
    if obtained.error is None:
        return ()
    failure = obtained.graph.failure
    name = failure.exception if failure is not None else type(obtained.error.__cause__).__name__
    return (f"{name}: {(obtained.error.message.splitlines() or [''])[0]}", *api.explain(obtained.graph))
