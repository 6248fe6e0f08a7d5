"""When each move group goes, and how sure that plan is."""
