"""What ran and runs."""
