"""Fields, tables and other widgets that know no experiment."""
