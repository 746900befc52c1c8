"""The panels: docks in which the user sets, edits and looks up things."""
