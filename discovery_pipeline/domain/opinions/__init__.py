"""Second opinions: what is in doubt, what may be chosen, and what an answer is worth.

Every phase puts up its own doubts and applies what came back; who is asked, and how, is the agents' matter.
"""
