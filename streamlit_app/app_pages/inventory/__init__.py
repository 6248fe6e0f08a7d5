"""One row per real thing."""
