"""The runtime of janua-database."""

from janua._version import __version__

__all__ = ["__version__"]
