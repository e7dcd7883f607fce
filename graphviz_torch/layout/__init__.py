"""The native layout: from a graph to a scene."""
