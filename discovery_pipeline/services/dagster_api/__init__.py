"""Dagster through its GraphQL API: runs started and followed, automation switched, by processes without Dagster."""
