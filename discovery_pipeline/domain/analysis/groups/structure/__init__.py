"""What the failure of an asset takes with it: reach, circles of needs, single points of failure."""
