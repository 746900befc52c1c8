"""Numbers as text for display."""
