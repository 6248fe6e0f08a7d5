"""Use cases of the inventory: found, searched, explained cell by cell."""
