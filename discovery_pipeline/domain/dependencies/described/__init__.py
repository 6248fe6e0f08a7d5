"""Evidence from the assets' own columns: hosts, databases, depends-on texts, names. Keep out: other records."""
