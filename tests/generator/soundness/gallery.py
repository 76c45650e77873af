"""Every shape of ``shapes.toml`` once, over one table that has the extremes of every type, without NULL and with."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from .expressionmaker import ExpressionMaker, Level, over
from .schemamaker import FUNCTIONS, SHAPES, TYPES, Columns

ROWS = 12
OPEN = {type_: type_ for type_ in TYPES}
"""The columns that hold no NULL."""
ALL: Columns = {**OPEN, **{f"{type_}_0": type_ for type_ in TYPES}, "id": "int"}
RANGE = "e.id BETWEEN :first AND :last"


def schema() -> str:
    """The table ``e``, whose columns are NOT NULL or named ``…_0``; and ``a``, which some shapes speak of."""
    lines = [f'"{name}" {TYPES[type_]}{"" if name.endswith("_0") else " NOT NULL"}' for name, type_ in ALL.items()]
    rows = [f"({', '.join(_value(name, type_, number) for name, type_ in ALL.items())})" for number in range(ROWS)]
    table = f"CREATE TABLE e ({', '.join(lines)}, PRIMARY KEY (id)); INSERT INTO e VALUES {', '.join(rows)};"
    return f"{FUNCTIONS}\n{table}\nCREATE TABLE a (id integer PRIMARY KEY); INSERT INTO a VALUES (1), (2);"


def _value(name: str, type_: str, number: int) -> str:
    if name == "id":
        return str(number)
    if name.endswith("_0") and type_ != "sure" and number % 3 == 0:
        return "NULL"
    literals = SHAPES["literals"][type_]
    return literals[number % len(literals)]


class Gallery(ExpressionMaker):
    """Fills shapes with columns of ``e``, without a literal where there is a column."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.columns = OPEN

    def column(self, type_: str, levels: object = None) -> str:
        """One of the columns that are shown at present."""
        return f'e."{self.random.choice([name for name, each in self.columns.items() if each == type_])}"'

    def query(self, depth: int, types: object = None, aggregate: str = "") -> tuple[str, Columns]:
        """A correlated subquery with a row."""
        wanted = list(types) if isinstance(types, list) else ["int"]
        items = [aggregate] if aggregate else [self.column(type_) for type_ in wanted]
        listed = ", ".join(f"{item} AS c{at}" for at, item in enumerate(items))
        return f"SELECT {listed} FROM generate_series(1, 2) AS s", {f"c{at}": each for at, each in enumerate(wanted)}

    def statements(self) -> Iterator[str]:
        """A query for each shape."""
        for columns in (OPEN, ALL):
            self.columns = columns
            self.levels = [Level([("e", columns)])]
            for shapes in (*SHAPES["shapes"].values(), *SHAPES["alone"].values()):
                yield from (f"SELECT {self.fill(each, 0)} AS x FROM e WHERE {RANGE}" for each in shapes)
            for shapes in SHAPES["aggregates"].values():
                yield from (f"SELECT {self.fill(each, 0)} AS x FROM e WHERE {RANGE} GROUP BY e.int" for each in shapes)
            for shapes in SHAPES["windows"].values():
                yield from (
                    f"SELECT {over(self.fill(each, 0), self._window())} AS x FROM e WHERE {RANGE}" for each in shapes
                )

    def _window(self) -> str:
        return f"(ORDER BY e.id {self.random.choice(SHAPES['frames']['all'])})"
