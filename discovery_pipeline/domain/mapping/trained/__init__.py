"""What labelled layouts of many products taught: a model of single columns, and one that weighs all evidence.

The artefacts beside the code are made by benchmarks/mapping/train.py; benchmarks/mapping/DATASHEET.md says from what.
"""
