"""What to ask whom next: open points of all phases, what an answer to each would change, a short list per owner."""
