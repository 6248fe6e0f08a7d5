"""Operating systems: family, product, version, edition and word size told from strings, and how people write them."""
