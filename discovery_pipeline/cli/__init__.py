"""The `discovery` command. Keep out: computing results; importing heavy libraries before a command needs them."""

from discovery_pipeline.cli.app import main

__all__ = ["main"]
