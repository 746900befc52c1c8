"""Lessons: files that set the program up, explain, ask, and claim what a test can check."""
