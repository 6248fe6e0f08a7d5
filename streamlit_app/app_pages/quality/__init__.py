"""What the checks of each phase found."""
