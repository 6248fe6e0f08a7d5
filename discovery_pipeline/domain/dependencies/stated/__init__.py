"""Evidence from relationship exports. Keep out: relations that an asset's own row gives (described)."""
