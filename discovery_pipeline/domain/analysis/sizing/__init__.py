"""What size and price each machine has in the target clouds."""
