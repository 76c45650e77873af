"""What transactions see, and what they leave behind."""

from __future__ import annotations

from gate import COMMITTING
from stage import Stage

from cases.case import collected

CASES, case = collected("Transactions")


@case("a transaction is rolled back after it has read its own rows")
def rollback(stage: Stage) -> None:
    """Nobody else sees them, at any time."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.begin()
    writer.write("set_balance", 12)
    writer.read("accounts")
    stage.check(reader, "accounts")
    writer.roll_back()
    stage.check(reader, "accounts")
    stage.check(writer, "accounts")


@case("a savepoint is rolled back, and the transaction committed")
def savepoint(stage: Stage) -> None:
    """What was read in the savepoint is forgotten with it."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.begin()
    writer.begin()
    writer.write("set_balance", 12)
    writer.read("accounts")
    writer.roll_back()
    writer.read("accounts")
    writer.write("set_parents")
    writer.commit()
    stage.check(reader, "accounts", "places")
    stage.check(writer, "accounts", "places")


@case("transactions in transactions: the innermost writes")
def nested(stage: Stage) -> None:
    """Others see it when the outermost is committed."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    for _ in range(3):
        writer.begin()
    writer.write("set_balance", 12)
    for _ in range(3):
        stage.check(reader, "accounts")
        writer.commit()
    stage.check(reader, "accounts")
    stage.check(writer, "accounts")


@case("a READ COMMITTED transaction has filled an empty cache, and is still open while another process writes")
def reading_transaction(stage: Stage) -> None:
    """What it has read is older than the write when it ends."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(writer, "accounts")
    stage.servers.redis.flushall()
    reader.begin()
    reader.read("accounts")
    writer.write("set_balance", 12)
    reader.commit()
    stage.check(writer, "accounts")
    stage.check(reader, "accounts")


@case("a REPEATABLE READ transaction reads what another process has changed since it began")
def old_snapshot(stage: Stage) -> None:
    """It sees what was; nobody else does."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(writer, "accounts")
    reader.begin("repeatable read")
    reader.read("owners")
    writer.write("set_balance", 12)
    reader.read("accounts")
    reader.commit()
    stage.check(writer, "accounts")
    stage.check(reader, "accounts")


@case("all keys are evicted while a transaction is about to be committed, and a reader meanwhile")
def evicted_in_commit(stage: Stage) -> None:
    """What the writer may have left in the cache is lost."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.begin()
    writer.write("set_balance", 12)
    writer.commit(until=COMMITTING)
    stage.servers.redis.flushall()
    reader.read("accounts")
    reader.read("accounts")
    writer.go()
    stage.check(reader, "accounts")
