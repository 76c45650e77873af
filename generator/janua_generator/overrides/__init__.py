"""The types of the project's own that take the place of the usual ones."""
