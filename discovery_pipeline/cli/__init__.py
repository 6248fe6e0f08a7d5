"""The `discovery` command. Keep out: anything that computes a result; heavy libraries at import (help takes under 1 s)."""

from discovery_pipeline.cli.app import main

__all__ = ["main"]
