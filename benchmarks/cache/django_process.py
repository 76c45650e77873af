"""
A process that calls Django's ORM, with or without a cache: ``python django_process.py CACHE POSTGRES REDIS``.

Each cache replaces methods of Django's own, so that it has a process to itself. The process says which calls it has as
a list in JSON (or, where the cache is not installed, what is missing), then reads a line ``NAME TIMES`` for each turn,
and answers with the seconds that it took. Both caches are set up as their documentation says, with redis-py and pickle.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any
from urllib.parse import parse_qs, urlsplit

TIMEOUT_S = 600
NONE, CACHALOT, CACHEOPS = "Django", "django-cachalot", "django-cacheops"
PACKAGES = {NONE: "django", CACHALOT: "cachalot", CACHEOPS: "cacheops"}


def set_up(cache: str, pg_url: str, redis_url: str) -> Any:
    """Set up Django and return the model."""
    import django
    from django.conf import settings

    parts = urlsplit(pg_url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": parts.username,
        "HOST": query.get("host") or parts.hostname,
        "PORT": query.get("port") or parts.port or "",
    }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["people"] if cache == NONE else ["people", PACKAGES[cache]],
        USE_TZ=True,
        CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}},
        CACHALOT_TIMEOUT=TIMEOUT_S,
        CACHEOPS_REDIS=redis_url,
        CACHEOPS={"people.user": {"ops": "get", "timeout": TIMEOUT_S}},
    )
    django.setup()
    return importlib.import_module("people.models").User


def calls(cache: str, user: Any) -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    users = user.objects

    def told() -> object:
        changed = users.filter(id=2)
        return changed.invalidated_update(name="x") if cache == CACHEOPS else changed.update(name="x")

    if cache == NONE:
        return {"the query": lambda: users.get(id=1), "a write": told}
    return {"hit": lambda: users.get(id=1), "a write, the cache told": told}


def main(cache: str, pg_url: str, redis_url: str) -> None:
    """Take turns until the input ends."""
    try:
        known = calls(cache, set_up(cache, pg_url, redis_url))
    except ImportError as error:
        print(f"missing: {error}", flush=True)
        return
    print(json.dumps(list(known)), flush=True)
    for line in sys.stdin:
        name, _, times = line.rpartition(" ")
        call = known[name]
        start = perf_counter()
        for _ in range(int(times)):
            call()
        print(perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
