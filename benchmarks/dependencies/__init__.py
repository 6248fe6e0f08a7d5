"""Dependencies and applications on labelled estates: the world they are drawn from, the score, calibration, scale."""
