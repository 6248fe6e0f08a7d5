"""Words shared by the phases that read tables before anything is known of them: headers, and what values look like.

Here belong the multilingual dictionary, the phrase lexicons, value shapes, column profiles and product signatures, each
as packaged data with the code that reads it. Keep out decisions: what a table or a column *is* belongs to the phases.
"""
