"""
Statements that cannot be written ahead, put together from the tables of ``generated.tables``.

    from generated.tables import users
    from janua.builder import select

    select(users.id, users.name).where(users.created_at > day).order_by(users.name).all(db)

Values only ever travel as parameters, names come from the generated tables. What needs more than
this belongs in a ``.sql`` file.
"""

from janua.builder.expressions import BigInt, Column, Condition, Expression, Order
from janua.builder.functions import avg, coalesce, count, exists, func, max, min, sum
from janua.builder.relations import Relation, Table, Touches, View, outer
from janua.builder.select import Select, select
from janua.builder.writes import Delete, Insert, Returning, Update, delete, insert, update

__all__ = [
    "BigInt",
    "Column",
    "Condition",
    "Delete",
    "Expression",
    "Insert",
    "Order",
    "Relation",
    "Returning",
    "Select",
    "Table",
    "Touches",
    "Update",
    "View",
    "avg",
    "coalesce",
    "count",
    "delete",
    "exists",
    "func",
    "insert",
    "max",
    "min",
    "outer",
    "select",
    "sum",
    "update",
]
