"""What a port number says: the service it names and what such traffic is for. Keep out: what one tenant's hosts do."""
