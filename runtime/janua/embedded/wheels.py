"""Where the wheels with the servers' programs are installed, without importing them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from janua.errors import EmbeddedServerError


def package_folder(package: str, program: str, *, instead: str) -> Path:
    """
    Return the folder that holds ``package`` and, as this path below it, ``program``.

    The package is not imported: its import alone may start threads, make folders and register exit
    hooks. Raises EmbeddedServerError, which says what to install or to do instead.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError(
            f"the package {package} is not installed: pip install 'janua-database[embedded]', or {instead}"
        )
    folder = Path(spec.submodule_search_locations[0]).parent
    if not (folder / program).is_file():
        # Here, because importing it takes longer than all of the rest.
        import platform

        raise EmbeddedServerError(
            f"the package {package} has no server for {sys.platform} on {platform.machine()}; {instead}"
        )
    return folder
