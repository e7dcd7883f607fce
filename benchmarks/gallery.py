"""The models of an external corpus as one project: `docs` draws each of them, then `docs --check` looks at them.

The corpus is a folder with `registry.py`, as `corpus.py` wants it, where each factory is also an attribute of the
module of its family. Of a model nothing is said but its name, and of some that they are meant to fail.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common import ROOT, keep, table

ENTRY = '[[tool.torchviz-cli.docs]]\nname = "{name}"\ntarget = "{module}:{name}"\n{more}\n'
NAMES = """\
import json, sys
import registry
known = registry.load(sys.argv[1])
print(json.dumps({name: bool(known.tags[name].get("raises")) for name in known.items}))
"""


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the corpus."""

    family: str
    module: str
    name: str
    raises: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True, help="the folder of the corpus")
    parser.add_argument("--families", default="", help="comma-separated; all where not given")
    parser.add_argument("--folder", default="", help="where the project is written; a temporary folder if not given")
    options = parser.parse_args()
    corpus = Path(options.corpus).resolve()
    models = list(_models(corpus, options.families.split(",") if options.families else []))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options.folder or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pyproject.toml").write_text("".join(map(_entry, models)), encoding="utf-8")
        _report(models, _docs(folder, corpus), _docs(folder, corpus, "--check"))


def _models(corpus: Path, families: Sequence[str]) -> Iterator[Model]:
    """What there is, asked in a process for each family: their libraries need not get along."""
    sys.path.insert(0, str(corpus))
    import registry

    for family in families or registry.FAMILIES:
        words = [sys.executable, "-c", NAMES, family]
        said = subprocess.run(words, env=_environment(corpus), capture_output=True, text=True, check=True).stdout
        for name, raises in json.loads(said.splitlines()[-1]).items():
            yield Model(family, registry.FAMILIES[family], name, raises)


def _entry(model: Model) -> str:
    return ENTRY.format(name=model.name, module=model.module, more="raises = true\n" if model.raises else "")


def _environment(corpus: Path) -> dict[str, str]:
    roots = [str(corpus), str(ROOT), str(ROOT / "cli"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, roots))}


def _docs(folder: Path, corpus: Path, *words: str) -> dict[str, Any]:
    """What `docs` says, with its exit code and the seconds that it took."""
    command = [sys.executable, "-m", "torchviz_cli", "docs", "--json", *words]
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=_environment(corpus), stdout=subprocess.PIPE, text=True, check=False
    )  # what it says meanwhile goes to the terminal
    told: dict[str, Any] = json.loads(done.stdout)
    return {**told, "code": done.returncode, "seconds": round(time.perf_counter() - start)}


def _report(models: Sequence[Model], built: Mapping[str, Any], checked: Mapping[str, Any]) -> None:
    states = [{entry["name"]: entry for entry in told["entries"]} for told in (built, checked)]
    rows = [_row(family, models, *states) for family in dict.fromkeys(model.family for model in models)]
    rows.append(["**all**", *(sum(int(str(row[column])) for row in rows) for column in (1, 2, 3))])
    failed = [line for entry in states[0].values() if entry["state"] != "built" for line in _why(entry)]
    stale = [line for entry in states[1].values() if entry["state"] != "fresh" for line in _why(entry)]
    body = (
        f"One project with an entry for each model, nothing set but its name and target: {len(models)} entries.\n\n"
        f"{table(['family', 'models', 'built', 'fresh'], rows)}\n\n"
        f"Not built: {'; '.join(failed) or 'none'}. Stale right after: {'; '.join(stale) or 'none'}.\n\n"
        f"`docs` ended with {built['code']} after {built['seconds']} s, `docs --check` with {checked['code']} after "
        f"{checked['seconds']} s."
    )
    figures = {row[0]: dict(zip(("models", "built", "fresh"), row[1:], strict=True)) for row in rows}
    keep("gallery", "The corpus as a gallery", body, {**figures, "not_built": failed, "stale": stale})


def _row(family: str, models: Sequence[Model], built: Mapping[str, Any], checked: Mapping[str, Any]) -> list[object]:
    names = [model.name for model in models if model.family == family]
    return [
        family,
        len(names),
        sum(built[name]["state"] == "built" for name in names),
        sum(checked[name]["state"] == "fresh" for name in names),
    ]


def _why(entry: Mapping[str, Any]) -> Iterator[str]:
    words = entry["error"] or " ".join(entry["raised"]) or "; ".join(stale["why"] for stale in entry.get("stale", ()))
    yield f"{entry['name']} {entry['state']}: {words}"


if __name__ == "__main__":
    main()
