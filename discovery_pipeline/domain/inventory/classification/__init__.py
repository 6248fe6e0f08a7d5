"""What type of asset a thing is, out of every hint."""
