"""Writes a page for each finding code, as `torchviz-cli explain` prints it, and one that lists them all."""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from graphviz_torch.check import pages
from graphviz_torch.check.registry import RULES
from graphviz_torch.check.rule import Rule

FOLDER = "reference/findings"
FAMILIES = {
    "A": "Arguments",
    "B": "Building",
    "D": "Devices and dtypes",
    "G": "Gradients",
    "M": "Modes and hooks",
    "N": "Numbers",
    "P": "Parameters and parts",
    "R": "Run time",
    "S": "Shapes",
    "X": "Anything else",
}
HEAD = """\
# Finding codes

What `torchviz-cli check` looks for. Each page says what a code means, with an example that is wrong and the same
mended; `torchviz-cli explain CODE` prints it. A code that is not looked for by default needs `--select CODE`, or an
option that gathers what it needs: `--backward`, `--stats`, `--time`.

| code | what | severity | by default |
|---|---|---|---|
"""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Writes the pages before Sphinx looks for them."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Sphinx) -> None:
    folder = Path(app.srcdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {f"{rule.code}.md": pages.page(rule.code) for rule in RULES} | {"index.md": index()}
    for name in {path.name for path in folder.iterdir()} - set(texts):
        (folder / name).unlink()
    for name, text in texts.items():
        _keep(folder / name, text)


def _keep(path: Path, text: str) -> None:
    """Leaves a file as it is that says the same, so that Sphinx does not read it again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def index() -> str:
    """The page of all codes."""
    rules = sorted(RULES, key=lambda rule: rule.code)
    tables = "".join(_row(rule) for rule in rules)
    trees = "".join(_tree(letter, [rule.code for rule in rules if rule.code[0] == letter]) for letter in FAMILIES)
    return f"{HEAD}{tables}\n{trees}"


def _row(rule: Rule) -> str:
    return f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity} | {'yes' if rule.default else 'no'} |\n"


def _tree(letter: str, codes: list[str]) -> str:
    return f"```{{toctree}}\n:hidden:\n:caption: {FAMILIES[letter]}\n\n" + "\n".join(codes) + "\n```\n\n"
