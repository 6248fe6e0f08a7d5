"""How long the analysts' application takes at the server to show each page and to answer an action."""
