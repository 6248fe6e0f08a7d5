"""The parts of the analysis page, one module each."""
