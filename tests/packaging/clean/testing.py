"""What a developer installs: a new project generates and its tests pass, with no server that is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

os.environ.pop("JANUA_DATABASE_URL", None)
os.environ.pop("JANUA_SCRATCH_URL", None)
bin = Path(sys.executable).parent
subprocess.run([bin / "janua", "init", "shop"], check=True, stdout=subprocess.DEVNULL)
subprocess.run([bin / "janua", "generate"], check=True, cwd="shop", stdout=subprocess.DEVNULL)
done = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd="shop", capture_output=True, text=True)
assert done.returncode == 0, done.stdout + done.stderr
assert "2 passed" in done.stdout, done.stdout
