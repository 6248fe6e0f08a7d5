"""Labelled layouts of exports; training of the mapper on them, its score, and that of its peers."""
