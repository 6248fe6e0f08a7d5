"""How ready each asset is to move, and what it lacks."""
