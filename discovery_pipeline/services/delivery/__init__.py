"""Use cases of delivery: files found, ingested, dropped, withdrawn, and which feed they belong to."""
