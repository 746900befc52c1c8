"""Where an experiment is set up."""
