"""Packaged vocabulary: YAML read by the modules beside it, never edited at run time."""
