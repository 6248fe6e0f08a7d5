"""What analysts see: a composition root over services, store and files. Keep out: Dagster, rules of any phase."""
