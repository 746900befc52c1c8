"""Fields, tables and other widgets that do not depend on an experiment."""
