"""What the generated modules ``tables`` are made of."""

from janua.builder.expressions import BigColumn, Column, Expression, NullValue, Value
from janua.builder.relations import Declared, Definition, Table, Touches, View
from janua.builder.texts import declare_cached

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
    "declare_cached",
]
