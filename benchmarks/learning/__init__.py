"""What corrections are worth: replays of tools that come back, and what recalling costs."""
