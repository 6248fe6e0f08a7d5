"""What the analysis page shows of an estate, summed up from the frames of one run."""
