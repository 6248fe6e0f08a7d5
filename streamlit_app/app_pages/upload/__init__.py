"""Files: recognised, then delivered."""
