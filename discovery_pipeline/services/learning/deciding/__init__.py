"""Decisions of every kind: read, checked against the newest frames, drafted, recorded together."""
