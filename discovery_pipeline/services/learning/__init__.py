"""Use cases of learning: deciding, previewing, undoing, forgetting, and what phases are told of it."""
