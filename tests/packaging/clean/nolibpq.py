"""Without libpq: one message with the extra that brings it, from Python and on the command line."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

# psycopg's own switch: what it does where neither the wheel nor a system's libpq is there.
os.environ["PSYCOPG_IMPL"] = "binary"
import janua

for name in ("janua.database", "generated.users"):
    try:
        importlib.import_module(name)
    except janua.MissingExtra as lack:
        assert "pip install 'janua-database[binary]' brings libpq" in str(lack), name
    else:
        raise AssertionError(f"{name} was imported")

done = subprocess.run(
    [Path(sys.executable).with_name("janua"), "migrate", "status"], capture_output=True, text=True, env=os.environ
)
assert done.returncode == 2, done
assert "pip install 'janua-database[binary]' brings libpq" in done.stderr, done.stderr
assert "Traceback" not in done.stderr, done.stderr
