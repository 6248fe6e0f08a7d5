"""The one partition dimension: a tenant."""

import dagster as dg

from discovery_pipeline.services.dagster_api.names import TENANTS

tenants = dg.DynamicPartitionsDefinition(name=TENANTS)
