"""What people decided about assets, found again and applied: it wins over everything that records say."""
