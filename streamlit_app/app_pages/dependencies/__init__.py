"""The page of dependencies in its parts: the map, what stands beside it, the worklist, what a failure reaches."""
