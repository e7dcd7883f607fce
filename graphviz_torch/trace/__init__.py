"""Tracers: run or read a model, and make a graph. The only home of torch."""
