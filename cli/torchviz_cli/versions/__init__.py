"""Versions of a model: which two are meant, where their files come from, and a process for each."""
