"""Races: variants of an experiment, many seeds of each, trained by the workers of an executor."""
