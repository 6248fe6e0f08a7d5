"""Evidence made into edges: kinds, confidence, what people decided. Keep out: where evidence is found."""
