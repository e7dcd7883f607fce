"""Tests of `graphviz_torch.check`: the catalogue of faulty models, good models, pages, and the runner."""
