"""Pictures and tables, written to files."""
