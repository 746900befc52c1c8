"""The window: docks, menus, actions, and what ties the parts together."""
