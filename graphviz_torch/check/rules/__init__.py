"""The rules, one file a fault or a small group of kin."""
