"""Why a run failed, in words: read from the types of the operands, never from the text of the exception."""

from graphviz_torch.trace.explain.report import describe
from graphviz_torch.trace.explain.rules import explain

__all__ = ["describe", "explain"]
