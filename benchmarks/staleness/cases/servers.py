"""What becomes of the cache's server."""

from __future__ import annotations

import random
import time

from servers import proxy
from stage import Stage

from cases.case import collected

CASES, case = collected("What happens to Redis")


@case("any half of the keys is evicted, again and again between writes")
def evicted(stage: Stage) -> None:
    """As `maxmemory` with an `allkeys` policy does."""
    chosen = random.Random(7)
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    for value in range(20):
        keys = sorted(stage.servers.redis.scan_iter(count=1000))
        lost = [key for key in keys if chosen.random() < 0.5]
        if lost:
            stage.servers.redis.delete(*lost)
        writer.write("set_balance", 100 + value)
        stage.check(reader, "accounts")
        stage.check(writer, "accounts")
        if stage.outcome.is_stale:
            return


@case("FLUSHALL, before a write and after it")
def flushed(stage: Stage) -> None:
    """All is forgotten."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    stage.servers.redis.flushall()
    writer.write("set_balance", 12)
    stage.check(reader, "accounts")
    stage.servers.redis.flushall()
    stage.check(reader, "accounts")


@case("it is restarted without what it had")
def restarted_empty(stage: Stage) -> None:
    """As a cache's server is that saves nothing."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    _restart(stage, saves=False)
    writer.write("set_balance", 12)
    stage.check(reader, "accounts")


@case("it is restarted with what it had saved before a write")
def restarted(stage: Stage) -> None:
    """Its file is older than the write."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    stage.servers.redis.save()
    writer.write("set_balance", 12)
    stage.check(reader, "accounts")
    _restart(stage, saves=True)
    stage.check(reader, "accounts")


@case("it is full (`noeviction`) when a transaction is committed")
def full(stage: Stage) -> None:
    """It takes nothing more, and answers as before."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    redis = stage.servers.redis
    try:
        writer.begin()
        writer.write("set_balance", 12)
        redis.config_set("maxmemory-policy", "noeviction")
        redis.config_set("maxmemory", 1)
        writer.commit()
        stage.check(reader, "accounts")
    finally:
        redis.config_set("maxmemory", 0)
    stage.check(reader, "accounts")


@case("the writer cannot reach it when a transaction is committed")
def unreachable(stage: Stage) -> None:
    """The reader can."""
    with proxy(stage.servers.valkey.port) as network:
        reader, writer = stage.process("reader"), stage.process("writer", redis_url=network.url)
        stage.warm(reader, "accounts")
        stage.warm(writer, "accounts")
        writer.begin()
        writer.write("set_balance", 12)
        network.lead_to(1)
        network.cut()
        writer.commit()
        stage.check(reader, "accounts")
        network.lead_to(stage.servers.valkey.port)


def _restart(stage: Stage, *, saves: bool) -> None:
    """Kill it, as a crash would, and start it again."""
    dump = stage.servers.valkey_folder / "dump.rdb"
    if not saves:
        dump.unlink(missing_ok=True)
    stage.servers.valkey.stop()
    stage.servers.valkey.start()
    # It takes connections before it has read its file.
    while stage.servers.redis.info("persistence")["loading"]:
        time.sleep(0.01)
    dump.unlink(missing_ok=True)
