"""Random schemas in which statements set things in motion, and random statements that do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from .soundness.querymaker import QueryMaker
from .soundness.schemamaker import Table

LOGS = ("log0", "log1", "log2")
ACTIONS = ("CASCADE", "SET NULL", "SET DEFAULT", "NO ACTION", "RESTRICT")


class WiringMaker:
    """Makes what is added to a schema of ``schemamaker``, a statement at a time: the server refuses some."""

    def __init__(self, random: Random, tables: Sequence[Table]) -> None:
        self.random = random
        self.tables = [each.name for each in tables]
        self.made: list[Table] = []
        self._maker = QueryMaker(random, tables, parameters=False)

    def ddl(self) -> Iterator[str]:
        """Log tables first, then all else in any order."""
        yield from (f"CREATE TABLE {log} (id integer, t text)" for log in LOGS)
        parts = [self._keys, self._functions, self._triggers, self._views, self._rules, self._values, self._moving]
        self.random.shuffle(parts)
        for part in parts:
            yield from part()

    def any(self) -> str:
        """A table, or a log."""
        return self.random.choice([*self.tables, *self.tables, *LOGS])

    def reading(self) -> str:
        """An expression that reads."""
        return self.random.choice(
            (
                f"(SELECT count(*) FROM {self.any()})::integer",
                f"(SELECT max(x.id) FROM {self.any()} x)",
                f"r{self.random.randint(0, 3)}(1)",
                "1",
            )
        )

    def command(self) -> str:
        """A statement that writes, as functions and rules have it."""
        target = self.any()
        return self.random.choice(
            (
                f"INSERT INTO {self.random.choice(LOGS)} (id) VALUES ({self.reading()})",
                f"INSERT INTO {self.random.choice(LOGS)} SELECT y.id FROM {self.any()} y",
                f"UPDATE {target} SET id = id WHERE id = {self.reading()}",
                f"UPDATE ONLY {target} AS z SET i = z.i FROM {self.any()} w WHERE w.id = z.id",
                f"DELETE FROM {target} WHERE id = 7 + {self.reading()}",
                f"DELETE FROM {self.random.choice(LOGS)} USING {self.any()} o WHERE false",
                f"WITH d AS (DELETE FROM {self.random.choice(LOGS)} RETURNING id) "
                f"INSERT INTO {self.random.choice(LOGS)} SELECT id FROM d",
                f"INSERT INTO {target} (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET i = {self.reading()}",
                f"INSERT INTO {target} (id) VALUES (2) ON CONFLICT DO NOTHING",
                f"MERGE INTO {target} m USING {self.any()} s ON m.id = s.id WHEN MATCHED THEN UPDATE SET i = m.i",
            )
        )

    def _keys(self) -> Iterator[str]:
        for number in range(3):
            parent, child = self.random.choice(self.tables), self.any()
            delete, update = self.random.choice(ACTIONS), self.random.choice(ACTIONS)
            yield f"ALTER TABLE {child} ADD COLUMN fk{number} integer REFERENCES {parent} (id) " + (
                f"ON DELETE {delete} ON UPDATE {update}" + self.random.choice(("", " DEFERRABLE INITIALLY DEFERRED"))
            )
            yield f"UPDATE {child} SET fk{number} = (SELECT min(id) FROM {parent})"

    def _functions(self) -> Iterator[str]:
        for number in range(4):
            name, volatility = f"r{number}(integer)", self.random.choice(("STABLE", "VOLATILE"))
            read = f"SELECT coalesce({self.reading().replace(f'r{number}', 'abs')}, 0)"
            yield self.random.choice(
                (
                    f"CREATE FUNCTION {name} RETURNS integer LANGUAGE sql {volatility} AS $$ {read} $$",
                    f"CREATE FUNCTION {name} RETURNS integer {volatility} BEGIN ATOMIC {read}; END",
                    f"CREATE FUNCTION {name} RETURNS integer {volatility} RETURN ({read})",
                    f"CREATE FUNCTION {name} RETURNS integer LANGUAGE plpgsql {volatility} AS "
                    f"$$ BEGIN RETURN ({read}); END $$",
                )
            )
        for number in range(2):
            name, commands = f"w{number}(integer)", [self.command() for _ in range(2)]
            body = "; ".join(commands)
            yield self.random.choice(
                (
                    f"CREATE FUNCTION {name} RETURNS integer LANGUAGE sql AS $$ {body}; SELECT 1 $$",
                    f"CREATE FUNCTION {name} RETURNS integer BEGIN ATOMIC {body}; SELECT 1; END",
                    f"CREATE FUNCTION {name} RETURNS integer LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN 1; END $$",
                )
            )
            yield f"CREATE PROCEDURE p{number}() LANGUAGE plpgsql AS $$ BEGIN PERFORM w{number}(1); {body}; END $$"
            yield f"CREATE FUNCTION of_row{number}({self.any()}) RETURNS integer LANGUAGE sql AS 'SELECT r{number}(1)'"
            yield f"CREATE OPERATOR @@{'#' * number} (LEFTARG = integer, RIGHTARG = integer, FUNCTION = both{number})"
            yield (
                f"CREATE FUNCTION both{number}(integer, integer) RETURNS integer LANGUAGE sql AS "
                f"'SELECT $1 + r{number}($2)'"
            )
            yield f"CREATE OPERATOR @@{'#' * number} (LEFTARG = integer, RIGHTARG = integer, FUNCTION = both{number})"
            yield f"CREATE AGGREGATE all_of{number}(integer) (SFUNC = both{number}, STYPE = integer, INITCOND = '0')"

    def _triggers(self) -> Iterator[str]:
        for number in range(4):
            table = self.any()
            event = self.random.choice(("INSERT", "UPDATE", "DELETE", "UPDATE OF i", "INSERT OR UPDATE", "DELETE"))
            each = self.random.choice(("ROW", "STATEMENT"))
            when = " WHEN (r0(1) >= 0)" if self.random.random() < 0.2 else ""
            yield (
                f"CREATE FUNCTION t{number}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF pg_trigger_depth() < 3 THEN {self.command()}; END IF; "
                "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
            )
            kind = self.random.choice((f"TRIGGER t{number} BEFORE", f"TRIGGER t{number} AFTER"))
            deferred = ""
            if each == "ROW" and self.random.random() < 0.2:
                kind, deferred = f"CONSTRAINT TRIGGER t{number} AFTER", " DEFERRABLE INITIALLY DEFERRED"
            yield f"CREATE {kind} {event} ON {table}{deferred} FOR EACH {each}{when} EXECUTE FUNCTION t{number}()"
            if self.random.random() < 0.2:
                yield f"ALTER TABLE {table} {self.random.choice(('DISABLE', 'ENABLE ALWAYS'))} TRIGGER t{number}"

    def _views(self) -> Iterator[str]:
        for number in range(2):
            sql, columns = self._maker.query(2)
            yield f"CREATE VIEW v{number} AS {sql}"
            self.made.append(Table(f"v{number}", columns, is_view=True))
        for number in range(2):
            table = self.random.choice([*self.tables, "u0"])
            yield f"CREATE VIEW u{number} AS SELECT * FROM {table} WHERE id > {self.reading()}"
            self.made.append(Table(f"u{number}", {"id": "int", "i": "int"}, is_view=True))
            if self.random.random() < 0.3:
                event = self.random.choice(("INSERT", "UPDATE", "DELETE", "INSERT OR DELETE"))
                yield f"CREATE TRIGGER iv INSTEAD OF {event} ON u{number} FOR EACH ROW EXECUTE FUNCTION t0()"
            if self.random.random() < 0.2:
                yield f"ALTER VIEW u{number} ALTER i SET DEFAULT w0(1)"
            if self.random.random() < 0.3:
                yield f"CREATE RULE rv AS ON DELETE TO u{number} DO INSTEAD {self.command()}"
        yield f"CREATE MATERIALIZED VIEW m0 AS SELECT x.id, r1(1) AS i FROM {self.any()} x JOIN u0 ON u0.id = x.id"
        self.made.append(Table("m0", {"id": "int", "i": "int"}, is_view=True))

    def _rules(self) -> Iterator[str]:
        for number in range(2):
            event = self.random.choice(("INSERT", "UPDATE", "DELETE"))
            row = "OLD" if event == "DELETE" else "NEW"
            log = self.random.choice(LOGS)
            yield self.random.choice(
                (
                    f"CREATE RULE ru{number} AS ON {event} TO {self.any()} DO ALSO INSERT INTO {log} VALUES ({row}.id)",
                    f"CREATE RULE ru{number} AS ON {event} TO {self.random.choice(self.tables)} DO ALSO "
                    f"({self.command()}; {self.command()})",
                    f"CREATE RULE ru{number} AS ON {event} TO {self.any()} WHERE {row}.id > {self.reading()} "
                    "DO INSTEAD NOTHING",
                )
            )

    def _values(self) -> Iterator[str]:
        yield f"ALTER TABLE {self.any()} ADD COLUMN d integer DEFAULT r2(1)"
        yield f"ALTER TABLE {self.any()} ADD CHECK (r3(id) >= 0) NOT VALID"
        yield "CREATE FUNCTION fixed(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN r0(1); END'"
        yield f"ALTER TABLE {self.any()} ADD COLUMN g integer GENERATED ALWAYS AS (fixed(id)) STORED"
        yield f"CREATE INDEX ON {self.any()} (fixed(id))"
        yield "CREATE DOMAIN dom AS integer CHECK (r1(1) >= 0)"
        yield f"ALTER TABLE {self.any()} ADD COLUMN e dom DEFAULT 1"

    def _moving(self) -> Iterator[str]:
        yield "CREATE TABLE parted (id integer, i integer) PARTITION BY RANGE (id)"
        yield "CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (MINVALUE) TO (5)"
        yield "CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (5) TO (MAXVALUE) PARTITION BY RANGE (id)"
        yield "CREATE TABLE parted_leaf PARTITION OF parted_high DEFAULT"
        yield "CREATE TABLE kin (extra text) INHERITS (log0)"
        yield "CREATE TRIGGER moved AFTER DELETE ON parted_low FOR EACH ROW EXECUTE FUNCTION t1()"
        yield "CREATE TRIGGER moved AFTER INSERT ON parted FOR EACH ROW EXECUTE FUNCTION t2()"
        yield "INSERT INTO parted VALUES (1, 1), (2, NULL), (9, 9)"
        self.tables += ["parted", "parted_low", "parted_high"]

    def query(self) -> str:
        """A query that reads, by way of views and functions too."""
        view = self.random.choice(("u0", "u1", "v0", "m0", "parted", self.any()))
        return self.random.choice(
            (
                f"SELECT * FROM {view}",
                f"SELECT {self.reading()} AS n FROM {self.any()} x",
                self._maker.query(2)[0],
                f"SELECT x.id FROM {self.any()} x WHERE x.id IN (SELECT y.id FROM {view} y)",
            )
        )

    def statement(self) -> str:
        """A statement of any kind that touches tables, or calls what does."""
        table, number = self.any(), self.random.randint(0, 1)
        view = self.random.choice(("u0", "u1"))
        return self.random.choice(
            (
                self.command(),
                self.command(),
                f"SELECT {self.reading()} AS n FROM {table}",
                f"SELECT w{number}(1) AS n",
                f"SELECT w.n FROM w{number}(1) AS w (n)",
                f"SELECT x.of_row{number} AS n FROM {table} x",
                f"SELECT 1 @@{'#' * number} 2 AS n",
                f"SELECT all_of{number}(id) AS n FROM {table}",
                f"CALL p{number}()",
                f"DO $$ BEGIN {self.command()}; {self.command()}; END $$",
                "REFRESH MATERIALIZED VIEW m0",
                f"TRUNCATE {table}{self.random.choice(('', ' CASCADE'))}",
                f"EXPLAIN (ANALYZE) {self.command()}",
                f"EXPLAIN {self.command()}",
                f"TABLE {table}",
                f"SELECT z.id FROM ONLY ({table}) z",
                f"SELECT z.id FROM ONLY {table} z FOR UPDATE",
                f"LOCK TABLE {table}",
                f"UPDATE {view} SET i = 1 WHERE id = 1",
                f"INSERT INTO {view} (id) VALUES (77)",
                f"DELETE FROM {view} WHERE id = 3",
                "UPDATE parted SET id = 10 - id",
                "UPDATE parted_high SET id = id + 1",
                "INSERT INTO parted_leaf VALUES (50, 1)",
                "INSERT INTO parted VALUES (60, 1), (0, 0)",
                f"SELECT {self.reading()}::dom AS n",
                f"WITH {self.random.choice(self.tables)} AS (SELECT id FROM {table}) SELECT q.id FROM {table} q",
                f"SELECT n.id FROM {table} n TABLESAMPLE SYSTEM (50) WHERE n.id IN (SELECT id FROM {view})",
            )
        )
