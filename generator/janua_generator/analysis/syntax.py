"""
SQL to sqlglot's tree, with what the tree alone forgets put back.

sqlglot maps many of PostgreSQL's functions to nodes of its own; the name that the author
wrote is kept in each node's ``meta["function"]``, and rules go by that.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import sqlglot
from janua.lexer import Kind, tokenize
from sqlglot import exp
from sqlglot.errors import SqlglotError

# It warns on standard error where it falls back to a Command; that fallback is reported as a finding of ours.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

_SPECIAL_SYNTAX: dict[type[exp.Expr], str] = {
    exp.CurrentDate: "current_date",
    exp.CurrentTime: "current_time",
    exp.CurrentTimestamp: "now",
    exp.Localtime: "localtime",
    exp.Localtimestamp: "localtimestamp",
    exp.CurrentUser: "current_user",
    exp.GroupConcat: "string_agg",
    exp.Extract: "extract",
    exp.Trim: "btrim",
    exp.StrPosition: "strpos",
    exp.Substring: "substring",
    exp.Overlay: "overlay",
}


def parse(sql: str) -> exp.Expr | None:
    """Return the tree of one statement, or None where sqlglot cannot tell its structure."""
    text = "".join(
        # `VALUES ($1,$2)` would be read as a dollar quote
        f" {token.text} " if token.kind is Kind.PARAMETER else token.text
        for token in tokenize(sql)
    )
    try:
        tree = sqlglot.parse_one(text, dialect="postgres")
    except (SqlglotError, RecursionError):
        return None
    if isinstance(tree, exp.Command):
        return None
    _keep_function_names(tree, text)
    return tree


def _keep_function_names(tree: exp.Expr, text: str) -> None:
    for node in tree.find_all(exp.Func):
        if isinstance(node, exp.Anonymous):
            node.meta["function"] = _fold(node.this) if isinstance(node.this, str) else ""
        elif "start" in node.meta:
            written = text[node.meta["start"] : node.meta["end"] + 1]
            node.meta["function"] = written.lower() if re.fullmatch(r"\w+", written) else ""
        else:
            node.meta["function"] = _SPECIAL_SYNTAX.get(type(node), "")


def _fold(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def function_name(node: exp.Expr) -> str:
    """Return the name of a called function as PostgreSQL knows it, or an empty string."""
    return str(node.meta.get("function", "")) if isinstance(node, exp.Func) else ""


def name_of(node: exp.Expr | None) -> str:
    """Return an identifier's name, folded to lower case unless it was quoted."""
    if node is None:
        return ""
    identifier = node if isinstance(node, exp.Identifier) else node.find(exp.Identifier)
    if identifier is None:
        return node.name
    return identifier.name if identifier.args.get("quoted") else identifier.name.lower()


def alias_of(node: exp.Expr) -> str:
    """Return the alias of a relation, or an empty string."""
    alias = node.args.get("alias")
    if isinstance(alias, exp.TableAlias):
        return name_of(alias.this) if alias.this is not None else ""
    return name_of(alias) if isinstance(alias, exp.Expr) else ""


def alias_columns(node: exp.Expr) -> list[str]:
    """Return the column names of an alias such as ``AS t (a, b)``."""
    alias = node.args.get("alias")
    if not isinstance(alias, exp.TableAlias):
        return []
    return [name_of(column) for column in alias.args.get("columns") or ()]


def unwrapped(node: exp.Expr) -> exp.Expr:
    """Strip parentheses around an expression, and the name given to it."""
    while isinstance(node, (exp.Paren, exp.Alias)):
        node = node.this
    return node


def conjuncts(node: exp.Expr | None) -> Iterator[exp.Expr]:
    """Yield the operands of a chain of AND."""
    if node is None:
        return
    stack = [node]
    while stack:
        each = unwrapped(stack.pop())
        if isinstance(each, exp.And):
            stack += [each.expression, each.this]
        else:
            yield each


def parameter_number(node: exp.Expr) -> int | None:
    """Return n where the node is ``$n``."""
    if isinstance(node, exp.Parameter) and isinstance(node.this, exp.Literal):
        return int(node.this.this)
    return None


def is_star(node: exp.Expr) -> bool:
    """Whether a select item is ``*`` or ``t.*``."""
    return isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star))
