"""
Real servers for development and tests, out of wheels: PostgreSQL in ``postgres``, Valkey in ``valkey``.

All processes that name the same state folder share one server. It starts with the first of them and
ends with the last one, however that one ends; ``lifecycle`` says how. Their data is a cache: it is
neither synced to disk nor kept where it turns out to be damaged.
"""

import sys

from janua.errors import EmbeddedServerError

if sys.platform == "win32":
    # Before any import of what only Unix has.
    raise EmbeddedServerError(
        "embedded servers do not run on Windows; set JANUA_SCRATCH_URL to a PostgreSQL server on which "
        "databases may be created, and JANUA_REDIS_URL to a Redis or Valkey server"
    )
