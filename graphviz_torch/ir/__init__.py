"""The graph: plain data that knows nothing of torch, of style or of files."""
