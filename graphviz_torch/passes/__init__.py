"""Passes: from a graph to a graph."""
