"""What agents need of a tenant: a desk to ask at, names to hide, the record of what they cost and changed."""
