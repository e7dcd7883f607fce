"""The summary of a corpus run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.common import keep, table

Record = dict[str, Any]
STEPS = {
    "trace": "traced",
    "check": "graph checked",
    "taint": "true (taint)",
    "replay": "replayed bit for bit",
    "draw": "drawn, default view",
    "draw_all": "drawn, every operation",
}


def summary(records: Sequence[Record], name: str) -> None:
    """Prints and keeps the tables."""
    families = list(dict.fromkeys(record["family"] for record in records))
    rows = [_row(family, [r for r in records if r["family"] == family]) for family in families]
    rows.append(_row("**all**", records))
    parts = [table(("family", "models", *STEPS.values()), rows), _exceptions(records), _costs(records), _notes(records)]
    keep(name, "The corpus", "\n\n".join(parts), _figures(records))


def _row(name: str, records: Sequence[Record]) -> list[object]:
    cells: list[object] = [name, len(records)]
    for step in STEPS:
        asked = [r for r in records if not (r["raises"] and step in ("taint", "replay"))]
        reached = sum(r.get(step) == "ok" for r in asked)
        share = f" ({100 * reached / len(asked):.1f}%)" if reached != len(asked) else ""
        cells.append(f"{reached} of {len(asked)}{share}")
    return cells


def _exceptions(records: Sequence[Record]) -> str:
    """Each exception with its cause."""
    rows = [
        (record["model"], step, cause.replace("|", "\\|"))
        for record in records
        for step, cause in record.get("errors", {}).items()
    ]
    return "## Exceptions\n\n" + (table(("model", "step", "cause"), rows) if rows else "None.")


def _costs(records: Sequence[Record]) -> str:
    """CPU time of a trace for each torch call, with the forward in it and without."""
    known = [r for r in records if r.get("calls") and "trace_s" in r and "bare_s" in r]
    if not known:
        return ""
    whole = median(1000 * r["trace_s"] / r["calls"] for r in known)
    added = median(1000 * (r["trace_s"] - r["bare_s"]) / r["calls"] for r in known)
    large = [r["trace_s"] / r["bare_s"] for r in known if r["bare_s"] > 0.02]
    ratio = f"{median(large):.2f}" if large else "-"
    rows = [
        ("CPU ms of a trace for each torch call, the forward included (median)", f"{whole:.3f}"),
        ("CPU ms that a trace adds to each torch call (median)", f"{added:.3f}"),
        (f"trace over bare forward, {len(large)} forwards of more than 20 ms (median)", ratio),
    ]
    return "## Cost\n\n" + table(("what", "figure"), rows)


def _notes(records: Sequence[Record]) -> str:
    """How often the graphs say that they do not see everything."""
    models: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for record in records:
        for code, count in record.get("notes", {}).items():
            models[code] += 1
            places[code] += count
    rows = [(f"`{code}`", count, places[code]) for code, count in sorted(models.items())]
    opaque = sum(record.get("opaque", 0) for record in records)
    operations = sum(record.get("replayed", 0) for record in records)
    body = table(("note", "models", "places"), rows)
    again = f"Replay: {operations} operations ran again, {opaque} were taken as they were."
    return f"## What the graphs say they do not see\n\n{body}\n\n{again}"


def _figures(records: Sequence[Record]) -> dict[str, Any]:
    names = {step: sum(record.get(step) == "ok" for record in records) for step in STEPS}
    return {
        "models": len(records),
        **names,
        "exceptions": {r["model"]: r["errors"] for r in records if r.get("errors")},
    }
