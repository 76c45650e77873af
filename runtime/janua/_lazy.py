"""Names that a package hands out, and loads on first use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def on_first_use(package: str, places: Mapping[str, str]) -> Callable[[str], object]:
    """
    Return a package's ``__getattr__`` (PEP 562), which imports each name from its module when it is asked for.

    ``places`` has the module of each name. Any other name is an AttributeError.
    """

    def load(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(places[name]), name)
        # The next time it is there as any name is.
        setattr(sys.modules[package], name, value)
        return value

    return load
