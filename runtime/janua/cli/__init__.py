"""The command line: ``janua COMMAND``. ``main`` is the console script."""

from janua.cli.main import main

__all__ = ["main"]
