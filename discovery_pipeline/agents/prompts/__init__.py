"""Instructions to models, as text. The hash of a question covers them: a changed prompt is a new question."""
