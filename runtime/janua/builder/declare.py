"""What the generated modules ``tables`` are made of."""

from janua.builder.expressions import BigColumn, Column, Expression, NullValue, Value
from janua.builder.relations import Declared, Definition, Table, Touches, View

__all__ = [
    "BigColumn",
    "Column",
    "Declared",
    "Definition",
    "Expression",
    "NullValue",
    "Table",
    "Touches",
    "Value",
    "View",
]
