"""The names that Dagster's definitions and those who speak to it from outside share: partitions, tags, jobs."""

from __future__ import annotations

TENANTS = "tenants"
PARTITION_TAG = "dagster/partition"
# Who launched a run, in words.
LAUNCHED_BY = "discovery/launched_by"
# Whether a run asks models, only replays kept answers, or does without: a ModelMode; the environment's where absent.
MODEL_MODE_TAG = "discovery/model"
# The phase before which a run paused; on a run that goes on with what another one left, that one's id.
PAUSED_TAG = "discovery/paused"
RESUMES_TAG = "discovery/resumes"
DISCOVERY = "discovery"
APPLY_CORRECTIONS = "apply_corrections"
