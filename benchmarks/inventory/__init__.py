"""The inventory measured: the phases in one process, scores against labelled estates, peers beside it."""
