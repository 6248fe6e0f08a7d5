"""One asset: each value with its origin."""
