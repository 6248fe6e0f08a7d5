"""Services and clients that touch everything, so that they glue nothing together. Keep out: the kind of one edge."""
