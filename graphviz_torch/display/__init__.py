"""Graphs, comparisons and reports that show themselves: as pictures in notebooks, as text elsewhere."""
