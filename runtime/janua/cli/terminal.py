"""What a stream is to be shown: colours, and lines that change. Follows https://no-color.org and force-color.org."""

from __future__ import annotations

import os
from typing import TextIO


def is_coloured(stream: TextIO) -> bool:
    """Whether to write colours: to terminals, unless NO_COLOR is set; with FORCE_COLOR to anything."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or moves_cursor(stream)


def moves_cursor(stream: TextIO) -> bool:
    """Whether escape sequences can go back in a line: it is a terminal, and not a dumb one."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"
