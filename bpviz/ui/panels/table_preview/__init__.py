"""The preview of a table: how it is read, and the choices that read it otherwise."""
