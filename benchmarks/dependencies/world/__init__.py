"""A labelled world of applications, shared services and traffic, and the exports that tell of it in many formats."""
