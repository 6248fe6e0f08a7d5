"""Cleansing: canonical strings to typed records. One table in, one out; every change is a named, counted rule."""

from discovery_pipeline.domain.cleansing.clean import CleanOutcome, clean
from discovery_pipeline.domain.cleansing.passes import CleanParams
from discovery_pipeline.domain.cleansing.trace import Step, trace

__all__ = ["CleanOutcome", "CleanParams", "Step", "clean", "trace"]
