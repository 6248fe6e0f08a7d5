"""What models were asked, said, cost and changed."""
