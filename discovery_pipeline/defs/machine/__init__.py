"""Everything on this machine: what `discovery up` starts, watches and ends; `discovery down` does from elsewhere."""
