"""Exit 0 where the database answers, 1 otherwise: for the image's HEALTHCHECK."""

from __future__ import annotations

import sys

from janua import Database, PoolOptions

with Database(pool=PoolOptions(max_size=1, timeout=3.0), lazy=True) as db:
    health = db.health()
sys.exit(0 if health.ok else health.error)
