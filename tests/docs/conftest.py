"""What the tests of the documents share."""

from __future__ import annotations

import pytest
from janua.scratch import ScratchServer


@pytest.fixture(scope="session")
def scratch_url(scratch: ScratchServer) -> str:
    """A server that the commands may use for scratch databases, already running."""
    return scratch.url("postgres")
