"""`torchviz-cli explain`: the long text behind the code of a finding."""

from __future__ import annotations

from typing import Annotated

import typer

from torchviz_cli.console import Console
from torchviz_cli.output import say
from torchviz_cli.reporting import reported


def explain(
    code: Annotated[str, typer.Argument(metavar="CODE", help="As `check` prints it: S001. ALL lists every code.")],
) -> None:
    """Explain a code of `check`: what it means, a wrong example and a mended one."""
    # What only this command needs is not to slow down the start of the others.
    from graphviz_torch.check import pages

    with reported(Console(), traceback=False):
        say(pages.table() if code.upper() == "ALL" else pages.page(code))
