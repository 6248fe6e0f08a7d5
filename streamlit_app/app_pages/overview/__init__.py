"""What wants a look first."""
