"""Networks and their training in plain NumPy: no Qt, no threads, no files."""
