"""What people decided, as every phase may read it: kinds of corrections, what they teach, how far that is trusted.

Keep out: what a phase does with it (each phase), where it is kept (store).
"""
