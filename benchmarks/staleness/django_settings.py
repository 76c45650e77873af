"""Django's settings for the comparison. Where a library has a setting for a case, a footnote of the page says so."""

from __future__ import annotations

import threading
from typing import Any

from subject import CACHALOT, CACHEOPS_FRESH, Options

_local = threading.local()


def setting_key(settings: dict[str, str]) -> None:
    """Have the keys of what is read from now on depend on these, in the processes that ask for that."""
    _local.key = ",".join(f"{name}={value}" for name, value in settings.items())


def current_key(*_: object) -> str:
    """Return what keys depend on."""
    return f"{getattr(_local, 'key', '')}:"


def query_key(compiler: Any) -> str:
    """Return django-cachalot's key for a query, and what it depends on besides."""
    from cachalot.utils import get_query_cache_key

    return f"{current_key()}{get_query_cache_key(compiler)}"


def configure(name: str, options: Options) -> None:
    """Set up Django with the cache of this name."""
    import django
    from django.conf import settings

    cache = "cachalot" if name == CACHALOT else "cacheops"
    importable: dict[str, Any] = {}
    if name == CACHALOT and options.keys_settings:
        importable["CACHALOT_QUERY_KEYGEN"] = "django_settings.query_key"
    databases = {"default": database(options.pg_url)}
    if options.reads_from:
        databases["replica"] = database(options.reads_from)
    settings.configure(
        DATABASES=databases,
        INSTALLED_APPS=["bank", cache],
        USE_TZ=True,
        CACHES={
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": options.redis_url,
                "KEY_PREFIX": options.prefix,
            }
        },
        CACHALOT_TIMEOUT=options.timeout_s,
        CACHALOT_ADDITIONAL_TABLES=("rich", "totals"),
        CACHEOPS_REDIS=options.redis_url,
        CACHEOPS={"bank.*": {"ops": "all", "timeout": options.timeout_s}},
        CACHEOPS_INSIDEOUT=name == CACHEOPS_FRESH,
        CACHEOPS_PREFIX=current_key if options.keys_settings else lambda _: options.prefix,
        DATABASE_CASCADE=options.has_database_cascade,
        WIDE=options.is_wide,
        **importable,
    )
    django.setup()


def database(url: str) -> dict[str, Any]:
    """Return the settings of a database at a URL, or at what libpq takes otherwise."""
    from psycopg.conninfo import conninfo_to_dict

    known = conninfo_to_dict(url)
    options = {name: known[name] for name in ("target_session_attrs", "connect_timeout") if name in known}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": known["dbname"],
        "USER": known["user"],
        "HOST": known["host"],
        "PORT": known.get("port", ""),
        "OPTIONS": options,
    }
