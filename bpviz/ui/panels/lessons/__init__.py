"""The Lesson panel, and the history of neural networks."""
