"""What phases and agents tell each other within a run: typed, without a name or a value of the tenant's.

Each phase reads its own insights out of its result; who hears them, and what becomes of them, is the agents' matter.
"""
