"""Findings collected while generating: all of them are reported at once."""

from __future__ import annotations

from collections.abc import Sequence

from janua.diagnostics import Diagnostic, render
from janua.errors import JanuaError


class GenerationFailed(JanuaError):
    """Something in the project's SQL is wrong; ``diagnostics`` has every finding. Nothing was written."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n\n".join(render(each) for each in self.diagnostics))
