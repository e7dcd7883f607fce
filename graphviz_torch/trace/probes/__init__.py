"""Probes: what can be asked of a model beside the graph of one run, each question apart from the others.

The answers are plain data (`records`); after each the model, its inputs and the process are as before.
"""
