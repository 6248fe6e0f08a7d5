"""Under which stable id an asset is known from run to run."""
