"""Files of entries that are no longer listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from graphviz_torch.render import stamp
from torchviz_cli.documents.entries import Entry


def left_over(entries: Sequence[Entry]) -> Iterator[str]:
    """The paths of what `docs` has once made beside the files of all entries, and that is of none of them now."""
    kept = {Path(entry.kept) for entry in entries}
    pictures = {Path(artefact.path) for entry in entries for artefact in entry.artefacts}
    for folder in sorted({path.parent for path in kept}):
        yield from (path.as_posix() for path in sorted(set(folder.glob("*.json")) - kept))
    for folder in sorted({path.parent for path in pictures}):
        found = (path for name in stamp.CARRIERS for path in folder.glob(f"*.{name}"))
        yield from (path.as_posix() for path in sorted(set(found) - pictures) if _is_stamped(path))


def _is_stamped(path: Path) -> bool:
    try:
        return stamp.read(path.read_bytes(), path.suffix[1:]) is not None
    except OSError:
        return False
