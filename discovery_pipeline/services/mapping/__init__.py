"""Use cases of field mapping: previews, reviews, corrections and what they taught, a model's second opinion."""
