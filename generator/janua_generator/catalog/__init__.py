"""The migrated schema, read from the server's catalogs."""
