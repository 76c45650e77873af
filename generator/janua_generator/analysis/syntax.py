"""
SQL to sqlglot's tree, with what the tree alone forgets put back.

sqlglot maps many functions, other databases' included, to nodes of its own; the name that the
author wrote is kept in each node's ``meta["function"]``, and rules go by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from janua.lexer import Kind, Token, tokenize
from sqlglot import exp

from janua_generator.analysis.grammar import real_name, tree_of

_SPECIAL_SYNTAX: dict[type[exp.Expr], str] = {
    exp.CurrentDate: "current_date",
    exp.CurrentTime: "current_time",
    exp.CurrentTimestamp: "now",
    exp.Localtime: "localtime",
    exp.Localtimestamp: "localtimestamp",
    exp.CurrentUser: "current_user",
    exp.SessionUser: "session_user",
    exp.CurrentRole: "current_role",
    exp.CurrentCatalog: "current_catalog",
    exp.GroupConcat: "string_agg",
    exp.JSONArrayAgg: "json_agg",
    exp.Chr: "chr",
    exp.Normalize: "normalize",
    exp.Extract: "extract",
    exp.Trim: "btrim",
    exp.StrPosition: "strpos",
    exp.Substring: "substring",
    exp.Overlay: "overlay",
}

# Nodes for which rules go by the node: the functions of PostgreSQL that become it, and no namesake of
# another database, which in PostgreSQL is whatever somebody made (`nvl`, `div`, `logical_or`).
_OWN_NODES: dict[type[exp.Expr], frozenset[str]] = {
    exp.Coalesce: frozenset({"coalesce"}),
    exp.Greatest: frozenset({"greatest"}),
    exp.Least: frozenset({"least"}),
    exp.Nullif: frozenset({"nullif"}),
    exp.Count: frozenset({"count"}),
    exp.LogicalAnd: frozenset({"bool_and"}),
    exp.LogicalOr: frozenset({"bool_or"}),
    exp.GroupConcat: frozenset({"string_agg"}),
    exp.ArrayAgg: frozenset({"array_agg"}),
    exp.ConcatWs: frozenset({"concat_ws"}),
    exp.Substring: frozenset({"substring", "substr"}),
    exp.Array: frozenset({"array"}),
    exp.Exists: frozenset({"exists"}),
    exp.Pow: frozenset({"power", "pow"}),
    exp.Mod: frozenset({"mod"}),
    exp.Cast: frozenset({"cast"}),
    exp.Case: frozenset({"case"}),
    exp.Collate: frozenset(),
    exp.Like: frozenset(),
    exp.RegexpLike: frozenset(),
    exp.RegexpILike: frozenset(),
    exp.ArrayContainsAll: frozenset(),
    exp.ArrayContainedBy: frozenset(),
    exp.ArrayOverlaps: frozenset(),
    exp.JSONExtract: frozenset(),
    exp.JSONExtractScalar: frozenset(),
}


@lru_cache(maxsize=8)
def tokens_of(sql: str) -> tuple[Token, ...]:
    """Return the tokens of one statement, which several stages look at one after the other."""
    return tuple(tokenize(sql))


def parse(sql: str) -> exp.Expr | None:
    """
    Return the tree of one statement, or None where sqlglot cannot tell its structure.

    ``text_of`` the tree is what the positions in its nodes' ``meta`` refer to.
    """
    text = sql
    if "$" in sql:
        # `VALUES ($1,$2)` would be read as a dollar quote
        text = "".join(f" {token.text} " if token.kind is Kind.PARAMETER else token.text for token in tokens_of(sql))
    tree = tree_of(text)
    if tree is None:
        return None
    # of `WITH w AS (…) (SELECT …)` it gives what is in the parentheses, but leaves these as its parent
    tree.pop()
    _keep_function_names(tree, text)
    _undo_renaming(tree)
    tree.meta["text"] = text
    return tree if _nest_joins(tree) else None


def text_of(node: exp.Expr) -> str:
    """Return the text of the whole statement that a node is in: its own SQL, with blanks around parameters."""
    return str(node.root().meta["text"])


def _keep_function_names(tree: exp.Expr, text: str) -> None:
    for node in tree.find_all(exp.Func):
        if isinstance(node, exp.Anonymous):
            name = node.this.lower() if isinstance(node.this, str) else name_of(node.this)
            node.meta["function"] = real_name(name)
        elif "start" in node.meta:
            written = text[node.meta["start"] : node.meta["end"] + 1]
            node.meta["function"] = written.lower() if re.fullmatch(r"\w+", written) else ""
            if isinstance(node, exp.TimeUnit) and not re.match(r"\s*\(\s*['$]", text[node.meta["end"] + 1 :]):
                # a unit that is a column has become a mere word
                node.meta["function"] = ""
        else:
            node.meta["function"] = _SPECIAL_SYNTAX.get(type(node), "")


def _undo_renaming(tree: exp.Expr) -> None:
    """Make calls of namesakes plain calls again."""
    for node in list(tree.find_all(*_OWN_NODES)):
        name = function_name(node)
        if name and "start" in node.meta and name not in _OWN_NODES[type(node)]:
            call = exp.Anonymous(this=name, expressions=[each.copy() for each in node.iter_expressions()])
            call.meta["function"] = name
            node.replace(call)


def _nest_joins(tree: exp.Expr) -> bool:
    """
    Put right what sqlglot makes of ``a LEFT JOIN b CROSS JOIN c ON …``, and say whether all is right.

    CROSS and NATURAL JOIN take no ON, so the ON is that of the nearest join before that lacks one,
    whose right side is all that stands between.
    """
    for owner in list(tree.walk()):
        kept: list[exp.Expr] = []
        for join in owner.args.get("joins") or ():
            kept.append(join)
            on = join.args.get("on")
            if on is None or not (join.args.get("kind") == "CROSS" or join.args.get("method")):
                continue
            opening = next((at for at in range(len(kept) - 2, -1, -1) if _lacks_condition(kept[at])), None)
            if opening is None:
                return False
            join.set("on", None)
            kept[opening].set("on", on)
            right = kept[opening].this
            right.set("joins", [*(right.args.get("joins") or ()), *kept[opening + 1 :]])
            del kept[opening + 1 :]
        if owner.args.get("joins"):
            owner.set("joins", kept)
        if any(join.args.get("side") and _lacks_condition(join) for join in kept):
            return False
    return True


def _lacks_condition(join: exp.Expr) -> bool:
    return join.args.get("kind") != "CROSS" and not any(join.args.get(part) for part in ("on", "using", "method"))


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


def type_name(node: exp.Expr) -> str:
    """Return the type that a cast is to, folded to lower case unless it was quoted."""
    if any(each.args.get("quoted") for each in node.find_all(exp.Identifier)):
        return node.sql(dialect="postgres").replace('"', "")
    return node.sql(dialect="postgres").lower()


def is_row(node: exp.Expr) -> bool:
    """Whether the expression is ``(a, b)`` or ``ROW(a, b)``, which is compared field by field."""
    return isinstance(node, exp.Tuple) or function_name(node) == "row"


def is_quantified(node: exp.Expr) -> bool:
    """Whether an operand is ``ANY (…)``, ``SOME (…)`` or ``ALL (…)``: the comparison is with each element."""
    node = unwrapped(node)
    return isinstance(node, (exp.Any, exp.All)) or is_any(node) or function_name(node) == "all"


def is_any(node: exp.Expr) -> bool:
    """Whether an operand is ``ANY (…)`` or ``SOME (…)``."""
    node = unwrapped(node)
    return isinstance(node, exp.Any) or function_name(node) in ("any", "some")


def is_star(node: exp.Expr) -> bool:
    """Whether a select item is ``*`` or ``t.*``."""
    return isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star))


def is_of_one_snapshot(tree: exp.Expr) -> bool:
    """
    Whether a statement neither writes nor locks: all that it reads is as of one moment.

    One that does, and has to wait for another session, goes on with the new version of a row among the old
    versions of the others (EvalPlanQual, READ COMMITTED).
    """
    writes = tree.find(exp.Insert, exp.Update, exp.Delete, exp.Merge) is not None
    return not writes and not any(each.args.get("locks") for each in tree.find_all(exp.Query))
