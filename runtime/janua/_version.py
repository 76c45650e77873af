"""The version of the distribution, and that of the interface which generated code is written against."""

__version__ = "0.1.0"
API_VERSION = 1
