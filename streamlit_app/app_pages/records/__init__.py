"""Rows, values, pairs and types that need a look."""
