"""What a project's tests need: ``plugin`` is loaded by pytest by itself and holds the fixtures."""
