"""Debian's ``sqlsmith``, a generator of queries that knows nothing of ours."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator

from janua_generator.catalog.introspect import introspect

from .hunt import Hunt, reader

PROGRAM = shutil.which("sqlsmith") or shutil.which("/usr/games/sqlsmith") or ""
# it writes names without quotes
_PLAIN_NAMES = """
DO $do$
DECLARE command text;
BEGIN
    FOR command IN
        SELECT format('ALTER TABLE %I RENAME TO %I', relname, lower(relname)) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> lower(relname)
        UNION ALL
        SELECT format('ALTER TABLE %s RENAME %I TO %I', attrelid::regclass, attname, 'x' || lower(attname))
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attname <> lower(attname)
            AND NOT attisdropped AND attinhcount = 0
        ORDER BY 1
    LOOP EXECUTE command; END LOOP;
END $do$
"""


def smithed(hunt: Hunt, number: int) -> Iterator[str]:
    """
    Queries over a hunt's tables, which lose what needs quotes in their names.

    They are for a role without rights beside the tables: they call whatever function there is.
    """
    hunt.role = reader(hunt.workbench.connection)
    connection = hunt.workbench.connection
    connection.execute(_PLAIN_NAMES)
    hunt.workbench.introspection = introspect(connection, ["public"])
    info = connection.info
    target = f"host={info.host} port={info.port} dbname={info.dbname} user={info.user}"
    options = ("--dry-run", "--exclude-catalog", f"--max-queries={number}", f"--seed={hunt.random.randrange(2**31)}")
    command = [PROGRAM, f"--target={target}", *options]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    for statement in re.split(r";\s*\n", printed):
        if re.match(r"\s*(with|select)\b", statement, re.IGNORECASE):
            # its samples are of so few rows that most would be empty
            yield re.sub(r"\btablesample \w+ \([\d.]+\)", "", " ".join(statement.split()))
