"""Checks every model of an external corpus with the default set: what is found, and what it costs beside the trace.

Models that run are good ones: an error on one is false, and each warning has to be true on reading. Costs are CPU
seconds, the least of several rounds in which trace, check and check with `--stats` take turns. The corpus is as in
`benchmarks.corpus`.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import torch

from benchmarks.common import keep, table
from benchmarks.corpus_processes import Record, arguments, collected
from benchmarks.corpus_steps import Case
from graphviz_torch import api
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.check.report import Report
from graphviz_torch.errors import TraceError
from graphviz_torch.trace.options import TraceOptions

ROUNDS = 2
# A trace that takes less is more noise than work.
LEAST = 0.02
SEVERITIES = ("error", "warning")


def main() -> None:
    options = arguments(__doc__, "benchmarks/results/check.jsonl")
    _summary(collected(options, check_model, _line))


def check_model(factory: Callable[[], Case], raises: bool, say: Callable[[Record], None]) -> None:
    """What is found in one model, then what it costs."""
    ways = {"trace": _trace, "check": _check, "stats": _stats}
    costs: dict[str, float] = {}
    for turn in range(ROUNDS + 1):  # the first warms up
        for step, work in ways.items():
            say({"step": step})
            torch.manual_seed(0)
            case = factory()
            start = time.process_time()
            try:
                report = work(*case)
            except Exception as error:  # noqa: BLE001 - ours: no error is to leave a check
                frame = traceback.extract_tb(error.__traceback__)[-1]
                place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
                say({"errors": {step: f"{type(error).__name__}: {error} at {place}"[:300]}})
                return
            took = time.process_time() - start
            if turn:
                costs[step] = min(took, costs.get(step, took))
            elif step == "check" and report is not None:
                say({"findings": _found(report), "complete": report.graph.failure is None})
    say({"costs": costs})


def _trace(model: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    try:
        api.trace(model, args, kwargs, TraceOptions(training=False))
    except TraceError:
        return


def _check(model: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Report:
    return api.check(model, args, kwargs, CheckOptions(training=False))


def _stats(model: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Report:
    return api.check(model, args, kwargs, CheckOptions(training=False, stats=True))


def _found(report: Report) -> list[Record]:
    return [
        {
            "severity": one.severity,
            "code": one.code,
            "module": one.module,
            "others": len(one.others),
            "place": f"{one.source.file}:{one.source.line}" if one.source is not None else "",
            "message": one.message,
        }
        for one in report
    ]


def _line(record: Record) -> str:
    codes = " ".join(one["code"] for one in record.get("findings", ()))
    failed = "; ".join(f"{step}: {cause}" for step, cause in record.get("errors", {}).items())
    return f"{record['family']:<13} {record['model']:<30} {codes or '-'} {failed}"


# ---- the summary


def _summary(records: Sequence[Record]) -> None:
    running = [record for record in records if record.get("complete")]
    families = list(dict.fromkeys(record["family"] for record in records))
    rows = [_row(family, [one for one in running if one["family"] == family]) for family in families]
    rows.append(_row("**all**", running))
    parts = [
        "Models that run, in evaluation, with the default set.",
        table(("family", "models", "errors", "warnings", "warnings a model"), rows),
        _costs(running),
        _listed("## Findings on models that run", running),
        _listed("## Findings on models that raise", [one for one in records if one.get("complete") is False]),
        _failures(records),
    ]
    keep("check", "Checking the corpus", "\n\n".join(parts), {"models": list(records)})


def _row(name: str, records: Sequence[Record]) -> list[object]:
    count = Counter(found["severity"] for record in records for found in record["findings"])
    share = f"{count['warning'] / len(records):.2f}" if records else "-"
    return [name, len(records), count["error"], count["warning"], share]


def _costs(records: Sequence[Record]) -> str:
    """CPU time over that of the trace alone: of all models together, and of one in the middle."""
    known = [record["costs"] for record in records if "costs" in record]
    large = [costs for costs in known if costs["trace"] >= LEAST]
    if not large:
        return ""
    whole = {step: sum(costs[step] for costs in known) for step in known[0]}
    rows = []
    for name, step in (("default set", "check"), ("with `--stats`", "stats")):
        ratios = sorted(costs[step] / costs["trace"] for costs in large)
        far = ratios[int(0.9 * (len(ratios) - 1))]
        rows.append((name, f"{whole[step] / whole['trace']:.2f}", f"{median(ratios):.2f}", f"{far:.2f}"))
    head = ("CPU time over that of the trace alone", "all together", "median", "nine in ten")
    of = f"{len(known)} models; median and share: the {len(large)} whose trace takes {1000 * LEAST:.0f} ms or more."
    return f"{table(head, rows)}\n\n{of}"


def _listed(title: str, records: Sequence[Record]) -> str:
    rows = [
        (
            record["model"],
            found["code"],
            (found["module"] or "the model") + (f" and {found['others']} more" if found["others"] else ""),
            found["place"],
            found["message"].replace("|", "\\|").replace("\n", " ")[:160],
        )
        for record in records
        for found in record["findings"]
        if found["severity"] in SEVERITIES
    ]
    return f"{title}\n\n" + (table(("model", "code", "module", "line", "message"), rows) if rows else "None.")


def _failures(records: Sequence[Record]) -> str:
    rows = [
        (record["model"], step, cause.replace("|", "\\|"))
        for record in records
        for step, cause in record.get("errors", {}).items()
    ]
    return "## Failures of the check itself\n\n" + (table(("model", "step", "cause"), rows) if rows else "None.")


if __name__ == "__main__":
    main()
