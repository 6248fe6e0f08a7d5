"""Readers of every file format: a file in, tables of strings out."""

from __future__ import annotations

from discovery_pipeline.files.readers.read import read_file
from discovery_pipeline.files.readers.tables import ReadLimits, ReadTable

__all__ = ["ReadLimits", "ReadTable", "read_file"]
