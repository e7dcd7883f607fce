"""The font that is installed with us, and the one place that knows where."""

from __future__ import annotations

from pathlib import Path

from fontpkg_inter import FAMILY, ROOT

FONT = Path(ROOT) / "files" / "Inter[opsz,wght].ttf"
NAME = str(FAMILY)
