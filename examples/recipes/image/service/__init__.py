"""A service: what it is, is its own business; here, it lists notes now and then."""
