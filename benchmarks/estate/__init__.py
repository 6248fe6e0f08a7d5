"""Parts of the estate generator: text at scale, the true population, its edges, its exports."""
