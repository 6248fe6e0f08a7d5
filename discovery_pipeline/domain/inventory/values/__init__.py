"""Which of an asset's claims becomes its value, and what sources disagree in."""
