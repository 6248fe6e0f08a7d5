"""What to do with each asset (6R), by ordered rules over facts."""
