"""When vendors end support of systems and databases, and what an estate runs of them."""
