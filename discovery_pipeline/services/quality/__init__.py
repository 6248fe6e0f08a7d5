"""Use cases of data quality: keeping what checks found, telling it, and the rows that failed."""
