"""Whom a name means that nothing answers to: who may be meant, doubts with controls, and what an answer is worth."""
