"""Every query against a running database: what would break there, or be other than the generated code says."""
