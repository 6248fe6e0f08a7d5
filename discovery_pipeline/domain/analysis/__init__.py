"""The analysis phase: support status, readiness, strategy, applications, move groups and waves."""
