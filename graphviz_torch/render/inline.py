"""An SVG as a part of a page: its names and its style touch nothing else, and it follows the theme of the page."""

from __future__ import annotations

import re
from hashlib import sha256

DIGITS = 8
STYLE = re.compile(r"(?<=<style>)[^<]*(?=</style>)")
NAME = re.compile(r'(?<= id=")[^"]+(?=")')
LABELLED = re.compile(r'(?<= aria-labelledby=")[^"]+(?=")')
REFERENCE = re.compile(r'(?<= href="#)[^"]+(?=")')
IN_STYLE = re.compile(r"#([\w-]+)(?= path|\))")
SELECTORS = re.compile(r"(?<![^{}])[^{}@]+(?=\{)")
# What definitions are made of, and the classes that they have themselves.
PARTS = (".n", ".sheet")
DEFINED = re.compile(r"\.(k-[\w-]+|c\d+|d-[\w-]+|[\w-]+>\.n)")
LIGHT = re.compile(r":root\{([^}]*)\}")
DARK = re.compile(r"@media\(prefers-color-scheme:dark\)\{:root\{([^}]*)\}\}")
VARIABLE = re.compile(r"(--[\w-]+):([^;]*)")

# How pages say that they are dark, or light, whatever the reader's system is: Jupyter and its exports, Visual Studio
# Code, themes of Sphinx, Material for MkDocs.
DARK_PAGES = (
    "[data-jp-theme-light=false]",
    ".vscode-dark",
    "[data-theme=dark]",
    "[data-md-color-scheme=slate]",
)
LIGHT_PAGES = (
    "[data-jp-theme-light=true]",
    ".vscode-light",
    "[data-theme=light]",
    "[data-md-color-scheme=default]",
)


def inline(svg: str) -> str:
    """The SVG with all its names under one of its own, which is made from its text: equal pictures stay equal.

    Args:
        svg: as our own writer wrote it: in texts and attributes its quotation marks are escaped.
    """
    scope = f"tv-{sha256(svg.encode('utf-8')).hexdigest()[:DIGITS]}"
    names = set(NAME.findall(svg))

    def named(match: re.Match[str]) -> str:
        return f"{scope}-{match[0]}" if match[0] in names else match[0]

    svg = svg.replace("<svg ", f'<svg class="{scope}" ', 1)
    svg = STYLE.sub(lambda match: _style(match[0], scope), svg, count=1)
    svg = LABELLED.sub(lambda match: " ".join(f"{scope}-{name}" for name in match[0].split()), svg, count=1)
    return REFERENCE.sub(named, NAME.sub(named, svg))


def _style(style: str, scope: str) -> str:
    """The rules for this picture alone; it gets no wider than its page."""
    pages = _pages(style, scope)
    style = IN_STYLE.sub(lambda match: f"#{scope}-{match[1]}", style)
    rules = SELECTORS.sub(lambda match: _selectors(match[0], scope), style)
    # Links of pages are often underlined; what leads elsewhere in a picture is a card or a frame.
    links = f".{scope} a{{text-decoration:none!important}}"
    return f"{rules}.{scope}{{max-width:100%;height:auto}}{links}{pages}"


def _selectors(selectors: str, scope: str) -> str:
    return ",".join(_selector(selector, scope) for selector in selectors.split(","))


def _selector(selector: str, scope: str) -> str:
    """A selector within the picture; what is drawn by reference knows nothing around its definition, but its name."""
    if selector in (":root", "svg"):
        return f".{scope}"
    if selector in PARTS:
        return f".{scope} {selector},[id^={scope}-]>{selector}"
    whole = f",[id^={scope}-]{selector}" if DEFINED.fullmatch(selector) else ""
    return f".{scope} {selector}{whole}"


def _pages(style: str, scope: str) -> str:
    """The colours on pages with a theme of their own, where the picture follows the reader's system."""
    light, dark = LIGHT.search(style), DARK.search(style)
    if light is None or dark is None:
        return ""
    plain = dict(VARIABLE.findall(light[1]))
    back = ";".join(f"{name}:{plain[name]}" for name, _ in VARIABLE.findall(dark[1]))
    return _on(LIGHT_PAGES, scope, back) + _on(DARK_PAGES, scope, dark[1])


def _on(pages: tuple[str, ...], scope: str, colours: str) -> str:
    return f"{','.join(f'{page} .{scope}' for page in pages)}{{{colours}}}"
