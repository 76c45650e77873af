"""The generator of janua-database: migrations and queries in, typed Python out. Build time only."""
