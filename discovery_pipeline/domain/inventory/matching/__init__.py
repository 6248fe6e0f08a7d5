"""Which records are one thing: identifiers, junk guards, candidates, comparison, clusters."""
