"""Embedded servers without the generator: PostgreSQL and Valkey start, answer, and end with the process."""

from __future__ import annotations

import os
from pathlib import Path

from janua import Database
from janua.redis import Redis
from janua.scratch import open_scratch
from janua.testing import TestRedis

for name in ("JANUA_DATABASE_URL", "JANUA_SCRATCH_URL", "JANUA_REDIS_URL"):
    os.environ.pop(name, None)

with open_scratch(Path.cwd()) as scratch, Database(scratch.url("postgres")) as db:
    assert db.health().ok
with TestRedis() as redis:
    redis.set("key", 1)
    assert redis.get("key", int) == 1
assert issubclass(TestRedis, Redis)
