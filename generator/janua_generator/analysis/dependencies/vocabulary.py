"""Words of PostgreSQL's that mean something for dependencies, and functions of its own that do."""

from __future__ import annotations

import re

# pg_get_keywords() of PostgreSQL 18, catcode R and T: unquoted, these never name a table.
_RESERVED_TEXT = """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
    column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
    from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like
    limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
    references returning right select session_user similar some symmetric system_user table tablesample then to
    trailing true union unique user using variadic verbose when where window with
    """
RESERVED = frozenset(_RESERVED_TEXT.split())

CLOCK_WORDS = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
CLOCK_CALLS = frozenset({"now", "transaction_timestamp", "statement_timestamp"})
CLOCK_LITERALS = frozenset({"now", "today", "tomorrow", "yesterday"})
# Alone, or with a time of day and a zone.
CLOCK_LITERAL = re.compile(
    rf"[\d:.+\-\s]*\b({'|'.join(sorted(CLOCK_LITERALS))})\b([\d:.+\-\s]+[\w/+\-]*)?", re.IGNORECASE
)

SESSION_WORDS = frozenset({"current_user", "current_role", "session_user", "user", "system_user", "current_schema"})
_SESSION_CALLS_TEXT = """
    current_setting current_schema current_schemas getpgusername pg_cursor pg_listening_channels pg_prepared_statement
    pg_show_all_settings inet_client_addr inet_client_port inet_server_addr
    inet_server_port pg_backend_pid pg_has_role row_security_active txid_current txid_current_if_assigned
    txid_current_snapshot pg_current_xact_id pg_current_xact_id_if_assigned pg_current_snapshot pg_my_temp_schema
    has_any_column_privilege has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege
    has_function_privilege has_language_privilege has_parameter_privilege has_schema_privilege
    has_sequence_privilege has_server_privilege has_table_privilege has_tablespace_privilege has_type_privilege
    has_largeobject_privilege
    """
SESSION_CALLS = frozenset(_SESSION_CALLS_TEXT.split())

# They run SQL that is given to them as text, so that any table may be read.
_RUNS_A_QUERY_TEXT = """
    query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml cursor_to_xmlschema table_to_xml
    table_to_xmlschema table_to_xml_and_xmlschema schema_to_xml schema_to_xmlschema schema_to_xml_and_xmlschema
    database_to_xml database_to_xmlschema database_to_xml_and_xmlschema ts_stat ts_rewrite
    crosstab crosstab2 crosstab3 crosstab4 crosstabn connectby xpath_table
    """
RUNS_A_QUERY = frozenset(_RUNS_A_QUERY_TEXT.split())
# They also change what they like: in another session, for dblink, of perhaps the same database.
_RUNS_ANYTHING_TEXT = """
    dblink dblink_exec dblink_open dblink_fetch dblink_send_query dblink_get_result dblink_build_sql_insert
    dblink_build_sql_update dblink_build_sql_delete
    """
RUNS_ANYTHING = frozenset(_RUNS_ANYTHING_TEXT.split())
# Triggers in C, of extensions of PostgreSQL's own, that change no table but the row at hand.
TRIGGERS_ON_THE_ROW = frozenset(
    {"autoinc", "insert_username", "lo_manage", "moddatetime", "triggered_change_notification"}
)
LARGE_OBJECT_CALLS = frozenset({"lo_get", "loread", "lo_open", "lo_export", "lo_tell", "lo_tell64"})

# Statements that touch no table.
_TOUCHES_NOTHING_TEXT = """
    abort begin checkpoint close commit deallocate discard end listen notify release reset rollback savepoint set
    start unlisten
    """
TOUCHES_NOTHING = frozenset(_TOUCHES_NOTHING_TEXT.split())
# Statements about tables that change none of their rows, nor what a query gives.
LEAVES_ROWS_ALONE = frozenset(
    {"analyse", "analyze", "cluster", "comment", "lock", "reindex", "vacuum", "prepare", "declare"}
)
