"""Evidence from connections that were seen. Keep out: what people or inventories say."""
