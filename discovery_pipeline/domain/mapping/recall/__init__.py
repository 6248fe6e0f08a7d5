"""What was learned about columns, recalled for a run: by place, by layout, by header, by likeness."""
