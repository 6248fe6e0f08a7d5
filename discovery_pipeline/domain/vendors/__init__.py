"""Import templates of the cloud vendors: an estate in their columns and words, checked against their published rules.

Keep out: writing files (services/export/vendors.py), and reading such files back, which mapping does as with any other.
"""
