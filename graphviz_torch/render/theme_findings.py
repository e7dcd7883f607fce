"""The colours of findings, added to the style sheet where a picture shows some."""

from __future__ import annotations

from graphviz_torch.layout.findings import ROLES
from graphviz_torch.layout.scene import Scene

LIGHT = {"f-error": "#c92a2a", "f-warning": "#b35c00", "f-info": "#1c6fc4", "f-ink": "#ffffff"}
DARK = {"f-error": "#ff7b72", "f-warning": "#e0a33a", "f-info": "#5aa9f0", "f-ink": "#11161c"}


def shows_findings(picture: Scene) -> bool:
    """Whether anything in a picture has a finding pinned to it."""
    badges = [card.badges for card in picture.cards] + [box.badges for box in picture.boxes]
    return any(badge.role in ROLES for found in badges for badge in found)


def rules() -> str:
    """What is added to the style sheet."""
    return "".join(
        f".badge.{severity}{{fill:var(--f-{severity})}}.badge.{severity}+.b{{fill:var(--f-ink)}}" for severity in ROLES
    )
