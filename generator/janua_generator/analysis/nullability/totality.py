"""
Which functions give a value, and of what family.

Strict is not total: a strict function gives NULL for NULL, but may give NULL for other values too, and no
catalog says which do. These tables list those that never do, by the name that the author wrote and the family
of the first argument. Every line is tried on the server, over extremes, by ``tests/generator/test_totality.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from janua_generator.analysis.values import Family

Signature = tuple[frozenset[Family], Family]
"""The families of the first argument that it is listed for, and its result's."""


def _of(*families: Family) -> frozenset[Family]:
    return frozenset({*families, Family.LITERAL})


_TEXT = _of(Family.TEXT, Family.CITEXT)
_PLAIN = _of(Family.TEXT)
_BYTES = frozenset({Family.BYTES})
_NUMBER = _of(Family.INTEGER, Family.NUMBER)
_TIME = _of(Family.TIME)
_JSON = frozenset({Family.JSON})
_JSON_LITERAL = _of(Family.JSON)
_ARRAY = frozenset({Family.ARRAY})
_RANGE = frozenset({Family.RANGE})
_NETWORK = frozenset({Family.NETWORK})
_SEARCH = frozenset({Family.SEARCH})
_HSTORE = frozenset({Family.HSTORE})
_LTREE = frozenset({Family.LTREE})
_VECTOR = frozenset({Family.VECTOR})
_ANY = frozenset(Family)


def _each(names: str, families: frozenset[Family], result: Family) -> dict[str, Signature]:
    return dict.fromkeys(names.split(), (families, result))


TOTAL: Mapping[str, Signature] = {
    # text; citext brings its own split_part, which is NULL where there is no such part
    **_each("lower upper initcap btrim trim ltrim rtrim replace translate left right lpad rpad repeat"
            " regexp_replace overlay quote_ident unistr normalize casefold substr",
            _TEXT, Family.TEXT),
    **_each("split_part", _PLAIN, Family.TEXT),
    **_each("md5 reverse", _TEXT | _BYTES, Family.TEXT),
    **_each("quote_literal to_hex chr", _ANY, Family.TEXT),
    **_each("length octet_length bit_length", _TEXT | _BYTES, Family.INTEGER),
    **_each("char_length character_length strpos position ascii hashtext hashtextextended regexp_count regexp_instr",
            _TEXT, Family.INTEGER),
    **_each("starts_with regexp_like", _TEXT, Family.BOOLEAN),
    **_each("regexp_split_to_array parse_ident", _TEXT, Family.ARRAY),
    **_each("convert_to decode", _TEXT, Family.BYTES),
    # bytes
    **_each("encode convert_from", _BYTES | _of(), Family.TEXT),
    **_each("sha224 sha256 sha384 sha512", _BYTES | _of(), Family.BYTES),
    # text search
    # whose first argument may be a regconfig
    **_each("to_tsvector to_tsquery plainto_tsquery websearch_to_tsquery phraseto_tsquery",
            _TEXT | _JSON | {Family.OTHER}, Family.SEARCH),
    **_each("setweight strip", _SEARCH, Family.SEARCH),
    **_each("ts_rank ts_rank_cd numnode", _SEARCH, Family.NUMBER),
    **_each("ts_headline", _TEXT, Family.OTHER),
    **_each("ts_delete", _SEARCH, Family.SEARCH),
    **_each("querytree", _SEARCH, Family.TEXT),
    **_each("json_to_tsvector jsonb_to_tsvector", _JSON | _PLAIN | {Family.OTHER}, Family.SEARCH),
    # numbers
    **_each("abs ceil ceiling floor round trunc sqrt cbrt sign mod power exp ln log degrees radians sin cos tan atan"
            " atan2 sinh cosh tanh asinh acosh atanh asin acos cot div gcd lcm factorial width_bucket trim_scale",
            _NUMBER, Family.NUMBER),
    **_each("pg_size_pretty", _NUMBER, Family.TEXT),
    **_each("pg_size_bytes", _PLAIN, Family.INTEGER),
    # times
    **_each("date_trunc", _PLAIN | _TIME, Family.TIME),
    **_each("make_interval", _ANY, Family.TIME),
    **_each("make_date make_time make_timestamp make_timestamptz", _NUMBER, Family.TIME),
    **_each("to_timestamp", _NUMBER | _PLAIN, Family.TIME),
    **_each("age justify_interval justify_days justify_hours date", _TIME, Family.TIME),
    **_each("timezone to_date", _TEXT, Family.TIME),
    **_each("date_bin", _TIME | _of(), Family.TIME),
    **_each("isfinite", _TIME, Family.BOOLEAN),
    # json
    **_each("to_json", _ANY, Family.JSON),
    **_each("to_jsonb", _ANY, Family.JSON),
    **_each("row_to_json array_to_json", _ANY, Family.JSON),
    **_each("jsonb_set jsonb_insert jsonb_path_query_array", _JSON_LITERAL, Family.JSON),
    **_each("jsonb_strip_nulls json_strip_nulls", _JSON, Family.JSON),
    **_each("jsonb_object json_object", _ARRAY | _of(), Family.JSON),
    **_each("jsonb_array_length json_array_length", _JSON, Family.INTEGER),
    **_each("jsonb_typeof json_typeof jsonb_pretty", _JSON, Family.TEXT),
    **_each("jsonb_contains jsonb_contained", _JSON, Family.BOOLEAN),
    **_each("jsonb_delete jsonb_delete_path jsonb_concat", _JSON, Family.JSON),
    **_each("jsonb_exists jsonb_exists_any jsonb_exists_all", _JSON, Family.BOOLEAN),
    # arrays and ranges
    **_each("cardinality", _ARRAY, Family.INTEGER),
    **_each("array_to_string", _ARRAY, Family.TEXT),
    **_each("trim_array array_reverse array_sort array_shuffle array_sample", _ARRAY, Family.ARRAY),
    **_each("isempty lower_inc upper_inc lower_inf upper_inf", _RANGE, Family.BOOLEAN),
    **_each("range_merge", _RANGE, Family.RANGE),
    # networks
    **_each("host abbrev", _NETWORK, Family.TEXT),
    **_each("masklen family", _NETWORK, Family.INTEGER),
    **_each("network broadcast netmask hostmask set_masklen", _NETWORK, Family.NETWORK),
    # sequences, locks, the session
    **_each("nextval currval setval", _PLAIN | {Family.OTHER}, Family.INTEGER),
    **_each("pg_try_advisory_lock pg_try_advisory_xact_lock pg_try_advisory_lock_shared"
            " pg_try_advisory_xact_lock_shared pg_advisory_unlock pg_advisory_unlock_shared", _NUMBER, Family.BOOLEAN),
    **_each("pg_advisory_lock pg_advisory_xact_lock pg_advisory_lock_shared pg_advisory_xact_lock_shared",
            _NUMBER, Family.OTHER),
    **_each("set_config", _PLAIN, Family.TEXT),
    # pg_trgm, pgcrypto, unaccent, fuzzystrmatch
    **_each("similarity word_similarity strict_word_similarity", _TEXT, Family.NUMBER),
    **_each("digest hmac", _PLAIN | _BYTES, Family.BYTES),
    **_each("crypt gen_salt unaccent soundex metaphone", _PLAIN, Family.TEXT),
    **_each("gen_random_bytes", _NUMBER, Family.BYTES),
    **_each("levenshtein", _PLAIN, Family.INTEGER),
    # hstore, ltree, vector
    **_each("akeys avals hstore_to_array slice_array", _HSTORE, Family.ARRAY),
    **_each("hstore_to_json hstore_to_jsonb hstore_to_json_loose hstore_to_jsonb_loose", _HSTORE, Family.JSON),
    **_each("exist exists_any exists_all defined isexists isdefined", _HSTORE, Family.BOOLEAN),
    **_each("slice", _HSTORE, Family.HSTORE),
    **_each("nlevel", _LTREE, Family.INTEGER),
    **_each("subpath subltree", _LTREE, Family.LTREE),
    **_each("ltree2text", _LTREE, Family.TEXT),
    **_each("text2ltree", _PLAIN, Family.LTREE),
    **_each("l2_distance inner_product cosine_distance l1_distance vector_norm", _VECTOR, Family.NUMBER),
    **_each("vector_dims", _VECTOR, Family.INTEGER),
    **_each("l2_normalize subvector", _VECTOR, Family.VECTOR),
}  # fmt: skip
"""Those that give a value for arguments none of which is NULL."""

BY_FIRST: Mapping[str, Signature] = {
    **_each("array_remove array_replace", _ARRAY, Family.ARRAY),
    **_each("array_positions", _ARRAY, Family.ARRAY),
    **_each("string_to_array", _TEXT, Family.ARRAY),
    **_each("format", _TEXT, Family.TEXT),
}
"""Those that give a value where the first argument is not NULL, whatever the others are."""

ALWAYS: Mapping[str, Family] = {
    "now": Family.TIME, "current_timestamp": Family.TIME, "clock_timestamp": Family.TIME,
    "statement_timestamp": Family.TIME, "transaction_timestamp": Family.TIME, "current_date": Family.TIME,
    "current_time": Family.TIME, "localtime": Family.TIME, "localtimestamp": Family.TIME,
    "pg_postmaster_start_time": Family.TIME, "pg_conf_load_time": Family.TIME,
    "gen_random_uuid": Family.UUID, "uuidv4": Family.UUID, "uuidv7": Family.UUID, "uuid_generate_v1": Family.UUID,
    "uuid_generate_v1mc": Family.UUID, "uuid_generate_v4": Family.UUID,
    "random": Family.NUMBER, "pi": Family.NUMBER, "version": Family.TEXT, "timeofday": Family.TEXT,
    "current_user": Family.TEXT, "session_user": Family.TEXT, "current_role": Family.TEXT, "user": Family.TEXT,
    "current_catalog": Family.TEXT, "current_database": Family.TEXT,
    "pg_backend_pid": Family.INTEGER, "txid_current": Family.INTEGER, "lastval": Family.INTEGER,
    "merge_action": Family.TEXT,
    "pg_current_xact_id": Family.OTHER, "pg_current_snapshot": Family.OTHER, "pg_is_in_recovery": Family.BOOLEAN,
    "concat": Family.TEXT, "num_nulls": Family.INTEGER, "num_nonnulls": Family.INTEGER,
    "array_append": Family.ARRAY, "array_prepend": Family.ARRAY,
    "json_build_object": Family.JSON, "jsonb_build_object": Family.JSON,
    "json_build_array": Family.JSON, "jsonb_build_array": Family.JSON,
    "int4range": Family.RANGE, "int8range": Family.RANGE, "numrange": Family.RANGE, "daterange": Family.RANGE,
    "tsrange": Family.RANGE, "tstzrange": Family.RANGE,
    "row": Family.COMPOSITE, "quote_nullable": Family.TEXT, "pg_typeof": Family.OTHER,
    "row_number": Family.INTEGER, "rank": Family.INTEGER, "dense_rank": Family.INTEGER,
    "percent_rank": Family.NUMBER, "cume_dist": Family.NUMBER, "grouping": Family.INTEGER,
}  # fmt: skip
"""Those that give a value whatever they are given, NULL included, and its family."""

CONSTANT = frozenset({
    "now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "pg_postmaster_start_time",
    "pg_conf_load_time", "gen_random_uuid", "uuidv4", "uuidv7", "uuid_generate_v1", "uuid_generate_v1mc",
    "uuid_generate_v4", "random", "pi", "version", "timeofday", "current_database", "pg_backend_pid", "txid_current",
    "lastval", "merge_action", "pg_current_xact_id", "pg_current_snapshot", "pg_is_in_recovery",
})  # fmt: skip
"""Those that take no argument; of the same name there may be others that do: ``random(1, NULL)`` is NULL."""

ENDLESS = frozenset({"epoch", "year"})
"""What ``extract`` gives of infinite times too."""
