"""Tests of discovery_pipeline.domain.analysis.narratives."""
