"""What a person should look at of a tenant's records: rows set aside, disputes, look-alikes, doubtful types."""
