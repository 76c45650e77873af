"""A report on a terminal, with ``rich`` (the extra ``monitor``)."""

from janua.monitor.screen.page import Page

__all__ = ["Page"]
