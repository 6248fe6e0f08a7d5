"""Typer below 0.26 uses what Click deprecates: its import may warn, our code may not."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import typer  # noqa: F401
