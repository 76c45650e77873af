"""Lua that the server runs, a file a script: what must happen at once, by the server's own clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha1
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text, and the SHA-1 digest under which the server remembers it."""

    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", sha1(self.text.encode(), usedforsecurity=False).hexdigest())


def load_script(*names: str, package: str = "janua.redis") -> Script:
    """Return the script that these files of the package's folder ``lua`` make, one after the other."""
    folder = files(package) / "lua"
    return Script("\n".join((folder / f"{name}.lua").read_text("utf-8") for name in names))
