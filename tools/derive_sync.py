"""
Derive the blocking code from the asynchronous code.

    python tools/derive_sync.py            write every ``_sync`` folder
    python tools/derive_sync.py --check    write nothing, exit 1 where a file differs

The asynchronous files are the source: edit those. Names are replaced token by token, a name
that is not in the table stays; docstrings and comments stay as they are, so they must be true
of both.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from difflib import unified_diff
from pathlib import Path

import unasync

ROOT = Path(__file__).resolve().parents[1]
_PACKAGES = ("cache", "database", "migrations", "monitor", "redis", "seeds", "testing")
SOURCES = [ROOT / "runtime/janua" / package / "_async" for package in _PACKAGES]

NAMES = {
    "_async": "_sync",
    "AbstractAsyncContextManager": "AbstractContextManager",
    "async_cancellations": "cancellations",
    "AsyncAsks": "Asks",
    "AsyncCache": "Cache",
    "AsyncCaching": "Caching",
    "AsyncClusterTrips": "ClusterTrips",
    "AsyncConnectingPool": "ConnectingPool",
    "AsyncConnection": "Connection",
    "AsyncConnectionPool": "ConnectionPool",
    "AsyncDatabase": "Database",
    "AsyncLedger": "Ledger",
    "AsyncKnows": "Knows",
    "AsyncInvalidations": "Invalidations",
    "AsyncFlights": "Flights",
    "AsyncListener": "Listener",
    "AsyncLeg": "Leg",
    "AsyncLock": "Lock",
    "AsyncManyStatements": "ManyStatements",
    "AsyncMigrator": "Migrator",
    "AsyncPasswordSource": "PasswordSource",
    "AsyncPatience": "Patience",
    "AsyncPipeline": "Pipeline",
    "AsyncPipelineSource": "PipelineSource",
    "AsyncPrepared": "Prepared",
    "AsyncMailbox": "Mailbox",
    "AsyncMonitor": "Monitor",
    "AsyncNear": "Near",
    "AsyncPubSub": "PubSub",
    "AsyncRateLimiter": "RateLimiter",
    "AsyncQueryCache": "QueryCache",
    "AsyncRawCursor": "RawCursor",
    "AsyncReads": "Reads",
    "AsyncRedis": "Redis",
    "AsyncRemembering": "Remembering",
    "AsyncReplica": "Replica",
    "AsyncReplicaSet": "ReplicaSet",
    "AsyncRows": "Rows",
    "AsyncResolution": "Resolution",
    "AsyncRoundTrips": "RoundTrips",
    "AsyncRun": "Run",
    "AsyncRunner": "Runner",
    "AsyncSemaphore": "Semaphore",
    "AsyncServerTrips": "ServerTrips",
    "AsyncSession": "Session",
    "AsyncSessionPool": "SessionPool",
    "AsyncSeeder": "Seeder",
    "AsyncSessionStore": "SessionStore",
    "AsyncSettle": "Settle",
    "AsyncSignal": "Signal",
    "AsyncStatementCache": "StatementCache",
    "AsyncStamps": "Stamps",
    "AsyncStatements": "Statements",
    "AsyncSubscription": "Subscription",
    "AsyncTestDatabase": "TestDatabase",
    "AsyncTestRedis": "TestRedis",
    "AsyncTopology": "Topology",
    "AsyncTransaction": "Transaction",
    "AsyncTransactionSource": "TransactionSource",
    "AsyncWatchedConnection": "WatchedConnection",
    "Cancellation": "NoCancellation",
    "AsyncWorker": "Worker",
    "FakeAsyncRedis": "FakeRedis",
    "aclose": "close",
    "anext": "next",
    "async_arrival": "arrival",
    "async_chunks": "chunks",
    "async_read_password": "read_password",
    "async_call": "call",
    "async_sleep": "sleep",
    "async_wait": "wait",
    "RUNS_ASYNC": "RUNS_BLOCKING",
    "current_loop": "no_loop",
    "in_thread": "in_this_thread",
}
# What is more than one token, replaced before the names.
PHRASES = [
    (re.compile(r"\bAwaitable\[object\] \| object\b"), "object"),
    (re.compile(r"\bAwaitable\[(\w+)\]"), r"\1"),
    (re.compile(r"\bredis\.asyncio\b"), "redis"),
    (re.compile(r"The asynchronous ([\w ]+), and the source of the blocking ones?\."), r"The blocking \1."),
]
HEADER = "# Derived from {source} by tools/derive_sync.py; do not edit.\n"


def main(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        derived = {target: text for source in SOURCES for target, text in derive(source, Path(folder)).items()}
    return check(derived) if "--check" in arguments else write(derived)


def derive(source: Path, folder: Path) -> dict[Path, str]:
    """Return the text of every file that is derived from this folder."""
    work = folder / source.parent.name
    (work / "_async").mkdir(parents=True)
    for file in source.glob("*.py"):
        text = file.read_text("utf-8")
        for pattern, replacement in PHRASES:
            text = pattern.sub(replacement, text)
        header = HEADER.format(source=file.relative_to(ROOT).as_posix())
        (work / "_async" / file.name).write_text(header + text, "utf-8")
    rule = unasync.Rule(f"{work}/_async/", f"{work}/_sync/", additional_replacements=NAMES)
    unasync.unasync_files([str(file) for file in (work / "_async").iterdir()], [rule])
    return {
        source.parent / "_sync" / file.name: _tidy(source.parent / "_sync" / file.name, file.read_text("utf-8"))
        for file in (work / "_sync").iterdir()
    }


def check(derived: dict[Path, str]) -> int:
    """Print how the files differ from what would be written; return 1 where any does."""
    stale = False
    for target, text in sorted(derived.items()):
        current = target.read_text("utf-8") if target.exists() else ""
        name = target.relative_to(ROOT).as_posix()
        difference = list(
            unified_diff(current.splitlines(), text.splitlines(), name, f"{name} (derived)", "", "", 2, "")
        )
        print("\n".join(difference), end="\n" if difference else "")
        stale = stale or current != text
    for orphan in _orphans(derived):
        print(f"{orphan.relative_to(ROOT).as_posix()}: has no source any more")
        stale = True
    return int(stale)


def write(derived: dict[Path, str]) -> int:
    """Write the files that differ, remove those without a source, and return 0."""
    for target, text in derived.items():
        if not target.exists() or target.read_text("utf-8") != text:
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, "utf-8")
    for orphan in _orphans(derived):
        orphan.unlink()
    return 0


def _orphans(derived: dict[Path, str]) -> list[Path]:
    return [file for source in SOURCES for file in (source.parent / "_sync").glob("*.py") if file not in derived]


def _tidy(target: Path, text: str) -> str:
    """Remove the imports that only the asynchronous code needs, sort and format."""
    commands = [["check", "--quiet", "--fix-only", "--select", "F401,I"], ["format", "--quiet"]]
    for command in commands:
        # By the name, ruff finds the configuration, and which imports are the package's own.
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(target), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
