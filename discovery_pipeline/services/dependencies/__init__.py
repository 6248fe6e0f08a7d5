"""The published dependencies as people look at them: neighbourhoods, what to confirm, what a failure reaches."""
