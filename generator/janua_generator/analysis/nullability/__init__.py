"""
Whether an expression can be NULL: one small rule a kind of expression.

Rules are grouped by what they read, each with PostgreSQL's reason. An expression for which
there is no rule may be NULL: whatever is not proven is nullable.
"""

from janua_generator.analysis.nullability import (
    aggregates,
    conditionals,
    functions,
    operators,
    sets,
    subqueries,
    windows,
)
from janua_generator.analysis.nullability.columns import resolve
from janua_generator.analysis.nullability.rules import evaluate

__all__ = [
    "aggregates",
    "conditionals",
    "evaluate",
    "functions",
    "operators",
    "resolve",
    "sets",
    "subqueries",
    "windows",
]
