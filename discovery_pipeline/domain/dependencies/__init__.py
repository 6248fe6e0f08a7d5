"""The dependencies phase: evidence from statements, connections, hosting and text -> edges with kind and confidence."""
