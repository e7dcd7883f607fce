"""What to put into a page to show the picture of an entry."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path
from posixpath import relpath

from torchviz_cli.documents.entries import PAIRED, Artefact, Entry

DESCRIPTION = re.compile(r'<desc id="desc">(.*?)</desc>', re.DOTALL)

MARKS = re.compile(r"[][\\`*_<>]")


def snippet(entry: Entry, folder: str = ".") -> str:
    """Markdown for one picture, `<picture>` for two themes; empty where no file of it is a picture for pages.

    Args:
        folder: that paths count from, itself from the folder of the project.
    """
    files = [artefact for format in PAIRED for artefact in entry.artefacts if artefact.format == format]
    if not files:
        return ""
    words = _words(entry, files[0])
    if len(files) > 1 and files[0].format == files[1].format:
        light, dark = files[:2]
        return (
            "<picture>\n"
            f'  <source media="(prefers-color-scheme: dark)" srcset="{escape(relpath(dark.path, folder))}">\n'
            f'  <img alt="{escape(words)}" src="{escape(relpath(light.path, folder))}">\n'
            "</picture>\n"
        )
    return f"![{MARKS.sub(_escaped, words)}]({relpath(files[0].path, folder)})\n"


def _escaped(mark: re.Match[str]) -> str:
    return f"\\{mark[0]}"


def _words(entry: Entry, artefact: Artefact) -> str:
    """What the picture shows: as the project says it, else as the picture does."""
    found = None if entry.alt or artefact.format != "svg" else DESCRIPTION.search(_text(artefact.path))
    return " ".join((entry.alt or (unescape(found[1]) if found else entry.title or entry.name)).split())


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
