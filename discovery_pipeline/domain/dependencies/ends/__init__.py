"""Who is meant by a name or an address. Keep out: what the two ends have to do with each other."""
