"""Applications, move groups and the structure of the graph between assets."""
