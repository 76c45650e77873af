"""A small identity service on the generated code: ``api`` answers requests, ``worker`` does what can wait."""
