"""The other extras: what each of them is for is imported and works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from janua import Database
from janua.telemetry.otel import instrument
from janua.telemetry.prometheus import collect
from janua.testing import TestRedis

with Database(os.environ["JANUA_DATABASE_URL"]) as db:
    instrument(db)()
    collect(db)()
with TestRedis(fake=True) as redis:
    redis.set("key", 1)
    assert redis.get("key", int) == 1
bin = Path(sys.executable).parent
report = subprocess.run([bin / "janua", "monitor", "--once"], capture_output=True, text=True)
assert report.returncode == 0, report.stderr
assert subprocess.run([bin / "squawk", "--version"], capture_output=True).returncode == 0
