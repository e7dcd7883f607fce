"""Commands that measure the project and keep what they print in `benchmarks/results`."""
