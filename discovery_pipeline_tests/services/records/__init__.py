"""Tests of what records need a look."""
