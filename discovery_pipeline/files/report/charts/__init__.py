"""The report's charts, drawn when it is built: markup that needs no script. Keep out: where the numbers come from."""
