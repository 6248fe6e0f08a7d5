"""How the price catalogue of sizing is made from packages (benchmarks.make_price_catalogue)."""
