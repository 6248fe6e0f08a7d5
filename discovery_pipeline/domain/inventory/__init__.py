"""The inventory phase: clean records of every source -> one row per real thing, with where each value came from."""
