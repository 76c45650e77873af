"""What there is to say about the generator's findings: the entry point of the group ``janua.explanations``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

from janua.cli.explaining import Explanation


def of_findings() -> Iterator[Explanation]:
    """Yield what explanations.toml says, in its order: the stages, the warnings, the lint, the server's codes."""
    text = (files("janua_generator") / "explanations.toml").read_text("utf-8")
    for code, said in tomllib.loads(text).items():
        yield Explanation(code, **{key: value.strip() for key, value in said.items()})
