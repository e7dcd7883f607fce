"""Comparing two graphs: match, explain, and say whether old weights still fit."""
