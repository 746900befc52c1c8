"""Hypothesis for the core: the same examples at every call, however slow the machine is."""

from hypothesis import settings

settings.register_profile("core", deadline=None, derandomize=True, max_examples=30)
settings.load_profile("core")
