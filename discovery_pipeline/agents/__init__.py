"""Agents: a typed question to a language or embedding model, a typed answer that was checked against what was offered.

They work inside a budget and a deadline, and without them the phases come to a result of their own. Keep out: what a
phase decides (domain), storing anything (store).
"""
