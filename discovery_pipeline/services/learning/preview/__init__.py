"""What a proposal would change, before anything is saved: at once, and by a what-if run over the published frames."""
