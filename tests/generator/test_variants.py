"""What goes with a parameter that is left out: pure, from the text alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from janua.diagnostics import render
from janua.errors import NothingToUpdate
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.model import SourceFile
from janua_generator.sqlfile.parser import parse_file
from janua_generator.sqlfile.placeholders import parse_query
from janua_generator.variants.plan import Plan, plan_of


def plan(sql: str, *directives: str) -> Plan:
    """The plan of a query with these directives."""
    text = "\n".join(["-- name: q", *(f"-- {each}" for each in directives), sql])
    (source,), findings = parse_file(SourceFile("q.sql", text))
    assert [] == findings
    found = plan_of(parse_query(source))
    assert found is not None
    return found


def without(sql: str, *left_out: str) -> str:
    """The statement without these parameters."""
    made = plan(sql, f"@optional {', '.join(left_out)}")
    return made.variant(set()).sql


def findings(sql: str, *directives: str) -> list[str]:
    """The first lines of what is wrong."""
    with pytest.raises(GenerationFailed) as failure:
        plan(sql, *directives)
    return [render(each).splitlines()[0] for each in failure.value.diagnostics]


@pytest.mark.parametrize(
    ("sql", "left"),
    [
        # an operand and its AND
        ("SELECT 1 FROM t WHERE a = :p AND b", "SELECT 1 FROM t WHERE b"),
        ("SELECT 1 FROM t WHERE b AND a = :p", "SELECT 1 FROM t WHERE b"),
        ("SELECT 1 FROM t WHERE b AND a = :p AND c", "SELECT 1 FROM t WHERE b AND c"),
        ("SELECT 1 FROM t WHERE a = :p AND b AND c = :p", "SELECT 1 FROM t WHERE b"),
        # the whole clause, before whatever follows
        ("SELECT 1 FROM t WHERE a = :p", "SELECT 1 FROM t"),
        (
            "SELECT 1 FROM t WHERE a = :p GROUP BY a HAVING max(b) > :p ORDER BY a",
            "SELECT 1 FROM t GROUP BY a ORDER BY a",
        ),
        ("SELECT 1 FROM t WHERE a = :p UNION SELECT 2 WHERE b = :p", "SELECT 1 FROM t UNION SELECT 2"),
        ("SELECT 1 FROM t WHERE a = :p FOR UPDATE", "SELECT 1 FROM t FOR UPDATE"),
        ("SELECT 1 FROM t WHERE a = :p WINDOW w AS ()", "SELECT 1 FROM t WINDOW w AS ()"),
        # AND that separates nothing
        ("SELECT 1 FROM t WHERE a BETWEEN :p AND 2 AND b", "SELECT 1 FROM t WHERE b"),
        ("SELECT 1 FROM t WHERE b AND a BETWEEN SYMMETRIC 1 AND :p", "SELECT 1 FROM t WHERE b"),
        ("SELECT 1 FROM t WHERE CASE WHEN a AND b = :p THEN c END AND d", "SELECT 1 FROM t WHERE d"),
        ("SELECT 1 FROM t WHERE (a AND b = :p) AND c", "SELECT 1 FROM t WHERE c"),
        ("SELECT 1 FROM t WHERE NOT (a AND b = :p) AND c", "SELECT 1 FROM t WHERE c"),
        ("SELECT 1 FROM t WHERE f(a, 'x AND y', :p) AND c", "SELECT 1 FROM t WHERE c"),
        # OR binds less
        ("SELECT 1 FROM t WHERE a AND b = :p OR c", "SELECT 1 FROM t"),
        ("SELECT 1 FROM t WHERE (a = :p OR b) AND c", "SELECT 1 FROM t WHERE c"),
        # subqueries in expressions are never cut
        ("SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM u WHERE x AND y = :p) AND c", "SELECT 1 FROM t WHERE c"),
        ("SELECT 1 FROM t WHERE c AND a IN (SELECT b FROM u LIMIT :p)", "SELECT 1 FROM t WHERE c"),
        ("SELECT 1 FROM t WHERE c AND a = ANY (ARRAY(SELECT b FROM u WHERE b > :p))", "SELECT 1 FROM t WHERE c"),
        # FROM-level queries are
        ("WITH w AS (SELECT 1 FROM t WHERE a = :p) SELECT * FROM w", "WITH w AS (SELECT 1 FROM t) SELECT * FROM w"),
        (
            "WITH RECURSIVE update AS MATERIALIZED (SELECT 1 WHERE a = :p), set (x) AS (SELECT 1 LIMIT :p) SELECT 1",
            "WITH RECURSIVE update AS MATERIALIZED (SELECT 1), set (x) AS (SELECT 1) SELECT 1",
        ),
        ("SELECT 1 FROM (SELECT a FROM t WHERE a = :p) s WHERE b", "SELECT 1 FROM (SELECT a FROM t) s WHERE b"),
        (
            "SELECT 1 FROM u JOIN LATERAL (SELECT a FROM t WHERE a = :p AND b LIMIT 1) s ON TRUE",
            "SELECT 1 FROM u JOIN LATERAL (SELECT a FROM t WHERE b LIMIT 1) s ON TRUE",
        ),
        ("(SELECT 1 WHERE a = :p) UNION ALL (SELECT 2 LIMIT :p)", "(SELECT 1) UNION ALL (SELECT 2)"),
        (
            "SELECT 1 FROM ((SELECT 1 WHERE a = :p) UNION SELECT 2 WHERE b = :p AND c) s",
            "SELECT 1 FROM ((SELECT 1) UNION SELECT 2 WHERE c) s",
        ),
        # joins
        ("SELECT 1 FROM t JOIN u ON a = b AND c = :p JOIN v ON d", "SELECT 1 FROM t JOIN u ON a = b JOIN v ON d"),
        (
            "SELECT 1 FROM t LEFT JOIN u ON left(a, 2) = :p AND right(b, 1) = c LEFT JOIN v ON d",
            "SELECT 1 FROM t LEFT JOIN u ON right(b, 1) = c LEFT JOIN v ON d",
        ),
        (
            "SELECT 1 FROM (t JOIN u ON a AND b = :p) LEFT JOIN (v CROSS JOIN w) ON c AND d = :p, x WHERE e",
            "SELECT 1 FROM (t JOIN u ON a) LEFT JOIN (v CROSS JOIN w) ON c, x WHERE e",
        ),
        ("SELECT 1 FROM a JOIN b JOIN c ON x AND y = :p ON z AND q = :p", "SELECT 1 FROM a JOIN b JOIN c ON x ON z"),
        # LIMIT and its kin
        ("SELECT 1 FROM t LIMIT :p OFFSET :p", "SELECT 1 FROM t"),
        ("SELECT 1 FROM t OFFSET :p ROWS FETCH FIRST :p ROWS ONLY FOR SHARE", "SELECT 1 FROM t FOR SHARE"),
        # assignments
        ("UPDATE t SET a = :p, b = 1 WHERE c", "UPDATE t SET b = 1 WHERE c"),
        ("UPDATE t SET b = 1, a = f(1, :p) FROM u WHERE c AND d = :p", "UPDATE t SET b = 1 FROM u WHERE c"),
        ("UPDATE t SET b = x IS DISTINCT FROM y, a = :p FROM u", "UPDATE t SET b = x IS DISTINCT FROM y FROM u"),
        ("UPDATE t SET b = 1, (c, d) = (:p, 2) WHERE c", "UPDATE t SET b = 1 WHERE c"),
        ("DELETE FROM t USING u WHERE a AND b = :p RETURNING c", "DELETE FROM t USING u WHERE a RETURNING c"),
        # values
        ("INSERT INTO t (a, b) VALUES (:p, lower(:q))", "INSERT INTO t (a, b) VALUES (DEFAULT, DEFAULT)"),
        (
            "INSERT INTO t VALUES (:p) ON CONFLICT (a) WHERE b DO UPDATE SET b = 1, a = :p WHERE c AND d = :p",
            "INSERT INTO t VALUES (DEFAULT) ON CONFLICT (a) WHERE b DO UPDATE SET b = 1 WHERE c",
        ),
        ("INSERT INTO t (a) SELECT b FROM u WHERE c = :p", "INSERT INTO t (a) SELECT b FROM u"),
        ("INSERT INTO t (a) (SELECT b FROM u WHERE c = :p)", "INSERT INTO t (a) (SELECT b FROM u)"),
        (
            "MERGE INTO t USING u ON a AND b = :p WHEN MATCHED THEN UPDATE SET c = :p, d = 1"
            " WHEN NOT MATCHED THEN INSERT (c) VALUES (:p) RETURNING 1",
            "MERGE INTO t USING u ON a WHEN MATCHED THEN UPDATE SET d = 1"
            " WHEN NOT MATCHED THEN INSERT (c) VALUES (DEFAULT) RETURNING 1",
        ),
        # names that are keywords elsewhere
        (
            'SELECT t.order AS where FROM t AS "limit" WHERE t.and = :p AND t.or',
            'SELECT t.order AS where FROM t AS "limit" WHERE t.or',
        ),
        # comments stay where they explain something that stays
        ("SELECT 1 FROM t -- all\nWHERE a = :p -- p\n  AND b -- b\n", "SELECT 1 FROM t -- all\nWHERE b"),
        ("SELECT 1 FROM t -- all\nWHERE /* p */ a = :p\nLIMIT 1", "SELECT 1 FROM t -- all\n\nLIMIT 1"),
        # sqlc's ways to write parameters
        ("SELECT 1 FROM t WHERE a = @p AND b IN (sqlc.slice(q)) AND c", "SELECT 1 FROM t WHERE c"),
    ],
)
def test_it_goes(sql: str, left: str) -> None:
    """With what separates it from its neighbours, in all its places."""
    assert left == without(
        sql, *(name for name in ("p", "q") if f":{name}" in sql or f"@{name}" in sql or f"({name})" in sql)
    )


OPERANDS = st.sampled_from(
    [
        "a = {}", "NOT (b AND c < {})", "(d = {} OR e)", "f BETWEEN {} AND 3", "g BETWEEN SYMMETRIC 1 AND {}",
        "CASE WHEN h AND i THEN {} ELSE j END", "EXISTS (SELECT 1 FROM u WHERE k AND l = {} LIMIT 1)", "m IN (1, {})",
        "n IN (SELECT o FROM v WHERE p = {} AND q ORDER BY r)", "s ~ ' AND ' || {}", "t[{}] = 1 -- AND",
        "u /* OR */ > {}", "left(w, 1) = {}", "x IS DISTINCT FROM {}", "y = ANY(ARRAY[{}, 2])", "z.and = {}",
    ]
)  # fmt: skip
CLAUSES = st.sampled_from(
    ["SELECT 1 FROM t\nWHERE ", "SELECT 1 FROM t JOIN w ON true AND ", "DELETE FROM t WHERE true AND "]
)


@given(
    clause=CLAUSES,
    operands=st.lists(st.tuples(OPERANDS, st.booleans()), min_size=1, max_size=6),
    tail=st.sampled_from(["", "\nRETURNING 1"]),
)
def test_what_is_left_are_the_other_operands(clause: str, operands: list[tuple[str, bool]], tail: str) -> None:
    """Whatever they are, and in any number."""
    tail = tail if clause.startswith("DELETE") else ""
    texts = [text.format(":gone" if goes else ":kept") for text, goes in [*operands, ("a = {}", True)]]
    kept = [text.format(":kept") for text, goes in operands if not goes]
    expected = clause + "\n AND ".join(kept) if kept else re.sub(r"\s*(WHERE|AND)\s*$", "", clause)
    assert plain(expected + tail) == plain(without(clause + "\n AND ".join(texts) + tail, "gone"))


def plain(sql: str) -> str:
    """Without what does not matter: numbers of parameters, comments to the end of a line, blanks."""
    return " ".join(re.sub(r"\$\d+", ":kept", re.sub(r"--.*", "", sql)).split())


@pytest.mark.parametrize("name", ["limit", "where", "and", "select", "end", "from", "order"])
def test_parameters_may_be_called_like_keywords(name: str) -> None:
    """A colon makes them names."""
    sql = f"SELECT 1 FROM t WHERE a = :{name} AND b = :q LIMIT 1"
    assert "SELECT 1 FROM t WHERE a = $1 LIMIT 1" == without(sql, "q")
    assert "SELECT 1 FROM t WHERE b = $2 LIMIT 1" == without(sql, name)


def test_parameters_keep_their_numbers() -> None:
    """And those that the statement does not mention are known."""
    found = plan("SELECT 1 FROM t WHERE a = :a AND (b = :b OR c = :c) AND d = :d", "@optional b").variant(set())
    assert ("SELECT 1 FROM t WHERE a = $1 AND d = $4", (2, 3)) == (found.sql, found.unused)


def test_nothing_left_out_is_the_statement_itself() -> None:
    """Character by character."""
    sql = "SELECT 1 FROM t -- x\n WHERE a = :a /* y */ AND\n\tb = :b\n\n LIMIT :c"
    assert (
        "SELECT 1 FROM t -- x\n WHERE a = $1 /* y */ AND\n\tb = $2\n\n LIMIT $3"
        == plan(sql, "@optional a, b, c").parsed.sql
    )


NOWHERE = "it is in no part that can be left out here"
ROWS = "it is in one of several rows of VALUES"
LAST_ON = "it is in the last operand of ON: a join would lose its condition"
LAST_DELETE = "it is in the last operand of WHERE: a DELETE would remove every row"
ALL_UPDATE = "so can all of WHERE: an UPDATE would change every row"


@pytest.mark.parametrize(
    ("sql", "column", "reason"),
    [
        ("SELECT :p::int", 8, NOWHERE),
        ("SELECT 1 FROM f(:p)", 17, NOWHERE),
        ("SELECT 1 FROM t ORDER BY a + :p", 30, NOWHERE),
        ("SELECT 1 FROM t WHERE a = :p GROUP BY b + :p", 43, NOWHERE),
        ("SELECT (SELECT a FROM t WHERE b AND c = :p)", 41, NOWHERE),
        ("SELECT count(*) FILTER (WHERE a AND b = :p) FROM t", 41, NOWHERE),
        ("SELECT 1 FROM (VALUES (:p)) v", 24, NOWHERE),
        ("INSERT INTO t SELECT :p", 22, NOWHERE),
        ("INSERT INTO t VALUES (1) ON CONFLICT (a) WHERE b = :p DO NOTHING", 52, NOWHERE),
        ("INSERT INTO t VALUES (1), (:p)", 28, ROWS),
        ("SELECT 1 FROM t JOIN u ON a = :p", 31, LAST_ON),
        ("DELETE FROM t WHERE a = :p", 25, LAST_DELETE),
        ("DELETE FROM t WHERE b AND a = :p OR c", 31, LAST_DELETE),
        ("UPDATE t SET a = 1 WHERE a = :p AND b = :p", 30, ALL_UPDATE),
        ("WITH d AS (DELETE FROM t WHERE a = :p) SELECT 1", 36, LAST_DELETE),
    ],
)
def test_what_cannot_go_is_refused(sql: str, column: int, reason: str) -> None:
    """At its place."""
    assert [f"q.sql:3:{column}: :p cannot be left out: {reason}"] == findings(sql, "@optional p")


def test_a_misspelt_parameter_is_suggested() -> None:
    """At its place in the directive."""
    with pytest.raises(GenerationFailed) as failure:
        plan("SELECT 1 FROM t WHERE a = :email", "@optional emial")
    (found,) = failure.value.diagnostics
    assert (2, 14, "the statement has no parameter :emial") == (found.line, found.column, found.message)
    assert ["did you mean email?"] == [each.hint for each in failure.value.diagnostics]


def test_an_update_without_assignments_does_not_exist() -> None:
    """Nor is it described."""
    found = plan("UPDATE t SET a = :a, b = :b WHERE c = :c", "@optional a, b")
    with pytest.raises(NothingToUpdate):
        found.variant(set())
    assert [
        "UPDATE t SET a = $1, b = $2 WHERE c = $3",
        "UPDATE t SET a = $1 WHERE c = $3",
        "UPDATE t SET b = $2 WHERE c = $3",
    ] == [each.sql for each in found.described()]


def test_up_to_64_variants_are_all_described() -> None:
    """Above, with everything, with nothing, with each, with each pair."""
    names = [f"p{at}" for at in range(8)]
    few, many = names[:6], names
    for chosen, count, exhaustive in ((few, 64, True), (many, 2 + 8 + 28, False)):
        conditions = " AND ".join(f"a = :{each}" for each in chosen)
        found = plan(f"SELECT 1 FROM t WHERE {conditions}", f"@optional {', '.join(chosen)}")
        assert (count, exhaustive) == (len(list(found.described())), found.is_exhaustive)


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT a FROM t ORDER BY b, c LIMIT 1", "SELECT a FROM t ORDER BY a DESC LIMIT 1"),
        ("SELECT a FROM t LIMIT 1 FOR UPDATE", "SELECT a FROM t ORDER BY a DESC LIMIT 1 FOR UPDATE"),
        ("SELECT a FROM t", "SELECT a FROM t ORDER BY a DESC"),
        ("SELECT a\nFROM t", "SELECT a\nFROM t\nORDER BY a DESC"),
        ("SELECT a FROM t -- x\nLIMIT 1", "SELECT a FROM t -- x\n\nORDER BY a DESC\nLIMIT 1"),
        (
            "SELECT 1 AS a UNION SELECT 2 FETCH FIRST ROW ONLY",
            "SELECT 1 AS a UNION SELECT 2 ORDER BY a DESC FETCH FIRST ROW ONLY",
        ),
        (
            "WITH w AS (SELECT 1 LIMIT 1) (SELECT a FROM w LIMIT 2)",
            "WITH w AS (SELECT 1 LIMIT 1) (SELECT a FROM w LIMIT 2) ORDER BY a DESC",
        ),
        ("SELECT a, max(b ORDER BY c) FROM t", "SELECT a, max(b ORDER BY c) FROM t ORDER BY a DESC"),
    ],
)
def test_an_order_stands_where_orders_stand(sql: str, ordered: str) -> None:
    """In place of the statement's own, or where that would be."""
    assert ordered == plan(sql, "@order x = a DESC; y = a").parsed.sql


@pytest.mark.parametrize(
    ("order", "finding"),
    [
        ("x", "q.sql:2:4: malformed directive @order"),
        ("x = ", "q.sql:2:4: malformed directive @order"),
        ("x = a; y", "q.sql:2:18: malformed @order"),
        ("x = a; 1y = b", "q.sql:2:18: malformed @order"),
        ("x = a; x = b", 'q.sql:2:18: the key "x" stands twice'),
        ("x = a LIMIT 1", 'q.sql:2:17: "LIMIT" would end ORDER BY'),
        ("x = a) UNION (SELECT 1", 'q.sql:2:16: ")" would end ORDER BY'),
        ("x = f(a", "q.sql:2:11: a parenthesis is not closed in @order"),
        ("x = a -- b", "q.sql:2:17: a comment cannot stand in @order"),
        ("x = a /* b */", "q.sql:2:17: a comment cannot stand in @order"),
        ("x = 'a", "q.sql:2:15: the string is not closed"),
        ("x = a + :q", "q.sql:2:19: the statement has no parameter :q"),
        ("x = a + :p", "q.sql:2:19: :p cannot be left out: an order needs it"),
    ],
)
def test_an_order_is_expressions_only(order: str, finding: str) -> None:
    """Nothing else can be smuggled in."""
    sql = "SELECT a FROM t WHERE b = :p"
    text = f"-- name: q\n-- @order {order}\n-- @optional p\n{sql}"
    sources, found = parse_file(SourceFile("q.sql", text))
    if not found:
        with pytest.raises(GenerationFailed) as failure:
            plan_of(parse_query(sources[0]))
        found = list(failure.value.diagnostics)
    assert [finding] == [render(each).splitlines()[0] for each in found]


def test_what_writes_has_no_order() -> None:
    """RETURNING gives rows as they are written."""
    assert ["q.sql:2:4: the rows of UPDATE have no order"] == findings("UPDATE t SET a = 1 RETURNING a", "@order x = a")
