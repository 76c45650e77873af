"""A report on a terminal, with ``rich`` (the extra ``monitor``)."""

from janua.extras import needed_by

with needed_by("janua.monitor.screen"):
    from janua.monitor.screen.page import Page

__all__ = ["Page"]
