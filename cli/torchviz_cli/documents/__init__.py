"""The pictures of a project's documentation: what pyproject.toml lists of them, built and kept right."""
