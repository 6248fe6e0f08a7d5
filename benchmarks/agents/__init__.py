"""What opinions of a model are worth to every phase, measured with scripted models that know the truth."""
