"""Mapping: which canonical field each source column carries, if any.

Evidence is gathered per kind (headers, values, neighbours, products) in one module each, added up in `combine`, decided
in `resolve`, applied in `apply`. Keep out: reading values into types and deciding what tables are.
"""
