"""The guide: its pages, the search over them and the window that shows them."""
