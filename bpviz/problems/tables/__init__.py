"""Tables in files: how one is read, what came of it, and the patterns that are made of it."""
