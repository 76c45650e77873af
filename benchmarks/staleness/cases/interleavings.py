"""Two processes whose steps fall between each other's."""

from __future__ import annotations

import time

from gate import ANSWERED, COMMITTED, COMMITTING
from stage import Stage

from cases.case import collected

CASES, case = collected("A reader and a writer at the same time")


@case("a reader is paused between its SELECT and the store; a writer commits meanwhile")
def paused_reader(stage: Stage) -> None:
    """What the reader stores then is older than the write."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.write("set_balance", 11)
    reader.take("read", "accounts", until=ANSWERED)
    writer.write("set_balance", 12)
    reader.go()
    stage.check(writer, "accounts")
    stage.check(reader, "accounts")


@case("the same, and the write is a transaction")
def paused_reader_of_a_transaction(stage: Stage) -> None:
    """As before."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.write("set_balance", 11)
    reader.take("read", "accounts", until=ANSWERED)
    writer.begin()
    writer.write("set_balance", 12)
    writer.commit()
    reader.go()
    stage.check(writer, "accounts")
    stage.check(reader, "accounts")


@case("a process reads all the time while another one writes, neither is paused", times=8)
def unpaused(stage: Stage) -> None:
    """As it happens by itself."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    reader.send("read_often", "accounts", 40)
    writer.write("set_balance", 12)
    reader.receive()
    stage.check(reader, "accounts")


@case("the same, and the write is a transaction, unpaused", times=8)
def unpaused_transaction(stage: Stage) -> None:
    """As it happens by itself."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    reader.send("read_often", "accounts", 40)
    writer.begin()
    writer.write("set_balance", 12)
    writer.commit()
    reader.receive()
    stage.check(reader, "accounts")


@case("a write that is about to be committed (a statement alone), and a reader meanwhile")
def about_to_commit_alone(stage: Stage) -> None:
    """The reader stores what was before."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.write("set_balance", 12, until=COMMITTING)
    reader.read("accounts")
    writer.go()
    stage.check(reader, "accounts")


@case("a write that is about to be committed (a transaction), and a reader meanwhile")
def about_to_commit(stage: Stage) -> None:
    """The reader stores what was before."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.begin()
    writer.write("set_balance", 12)
    writer.commit(until=COMMITTING)
    reader.read("accounts")
    writer.go()
    stage.check(reader, "accounts")


@case("a statement alone takes 0.4 s to be committed, and readers meanwhile")
def slow_commit_alone(stage: Stage) -> None:
    """By a constraint trigger that is deferred."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "slow")
    writer.send("write", "set_slow", 12)
    time.sleep(0.2)
    reader.read("slow")
    writer.receive()
    stage.check(reader, "slow")


@case("the COMMIT of a transaction takes 0.4 s, and readers meanwhile")
def slow_commit(stage: Stage) -> None:
    """By a constraint trigger that is deferred."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "slow")
    writer.begin()
    writer.write("set_slow", 12)
    writer.send("end", True)
    time.sleep(0.2)
    reader.read("slow")
    writer.receive()
    stage.check(reader, "slow")


@case("the writer is killed between its statement and COMMIT")
def killed_before_commit(stage: Stage) -> None:
    """What it wrote is rolled back."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.begin()
    writer.write("set_balance", 12)
    writer.commit(until=COMMITTING)
    writer.kill()
    _wait_for_the_server(stage)
    stage.check(reader, "accounts")


@case("the writer is killed while COMMIT runs")
def killed_in_commit(stage: Stage) -> None:
    """The server goes on with the COMMIT that it was sent."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "slow")
    writer.begin()
    writer.write("set_slow", 12)
    writer.send("end", True)
    time.sleep(0.2)
    writer.kill()
    _wait_for_the_server(stage)
    stage.check(reader, "slow")


@case("the writer is killed between COMMIT and telling the cache")
def killed_after_commit(stage: Stage) -> None:
    """Nobody is left who knows of the write."""
    reader, writer = stage.process("reader"), stage.process("writer")
    stage.warm(reader, "accounts")
    writer.begin()
    writer.write("set_balance", 12)
    writer.commit(until=COMMITTED)
    writer.kill()
    _wait_for_the_server(stage)
    stage.check(reader, "accounts")


def _wait_for_the_server(stage: Stage) -> None:
    """Wait until no transaction is open that writes."""
    while stage.servers.sql.execute("SELECT 1 FROM pg_stat_activity WHERE backend_xid IS NOT NULL").fetchone():
        time.sleep(0.01)
