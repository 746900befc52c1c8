"""The Race window: variants and seeds to choose, all loss curves, and any network to open."""
