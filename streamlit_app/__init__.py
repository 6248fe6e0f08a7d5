"""Composition root: what analysts see in a browser. Imports no Dagster; runs are started through its GraphQL API."""
