"""Sentences for people: why what is done, the estate in short, and the facts that such sentences may rest on."""
