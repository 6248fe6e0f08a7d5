"""What was decided, and what was learned from it."""
