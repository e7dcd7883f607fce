"""The runtime tracer: intercepts one run of the model."""
