"""Says what is wrong with a model: rules read evidence and yield findings; no rule runs a model or reads a message.

How a rule is added:

1. `rules/NAME.py`: a generator `find(evidence) -> Iterator[Finding]` and `RULES = (Rule("S005", "title", "warning",
   find, default=False, needs=frozenset()),)`. One file a fault, or a small group of kin.
2. `registry.py`: one import and one line. 3. `pages/S005.md`: what it means, `## Wrong` and `## Mended`, each with one
   block of code that has `build()` and `example_inputs()`; the faulty line ends in `# expect: S005 module.path`.
4. `tests/check/catalogue/s005_*.py`: at least two models as people really get it wrong, marked in the same way;
   `tests/check/README.md` says which line and module a finding points at.
5. Evidence (`evidence.py`) is lazy: `graph` and `index` (the run), `failure`, `reason`, `raised` (where it stopped),
   `place(path)` (the line that makes an attribute), `loose`, `other_mode`, and what costs more. What costs a run of
   its own belongs into `needs`, and is obtained by `--select` or its option only. New kinds: `trace/probes/`.
6. Say it once, on the user's line, in the user's words; `help` only where it was computed; nothing on a good model:
   `tests/check/test_good_models.py` and the samples must stay silent, in both modes.
7. A failed run is told by exactly one rule: `rules.failures.blamed` says which.
8. Helpers: `describe.py` (words), `provenance.py` (what made a number), `rules/failures.py` (where it raised).
9. `python -m pytest -q tests/check`; `python -m tests.check.score` prints the share of the catalogue that is exact.
10. `# torchviz: ignore[S005]` on the line, `--ignore` and `[tool.torchviz-cli.check]` are the runner's affair.
"""
