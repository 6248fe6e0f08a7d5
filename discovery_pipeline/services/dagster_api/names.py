"""The names that Dagster's definitions and those who speak to it from outside share: partitions, tags, jobs."""

from __future__ import annotations

TENANTS = "tenants"
PARTITION_TAG = "dagster/partition"
# Who launched a run, in words.
LAUNCHED_BY = "discovery/launched_by"
DISCOVERY = "discovery"
APPLY_CORRECTIONS = "apply_corrections"
