"""Validation: what a raw table is (record kind, grain, product) and what is structurally wrong with it.

Keep out: what single columns mean (mapping) and whether single values are right (cleansing).
"""
