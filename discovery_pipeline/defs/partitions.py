"""The one partition dimension: a tenant."""

import dagster as dg

PARTITION_TAG = "dagster/partition"

tenants = dg.DynamicPartitionsDefinition(name="tenants")
