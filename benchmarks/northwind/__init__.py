"""The makers of the sample tenant northwind-bank: story, world, and one writer per export."""
