"""Which assets serve which application, and what the applications need of each other because of it."""
