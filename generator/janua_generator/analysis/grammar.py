"""
What sqlglot's grammar lacks: it is given texts of the same length that it reads, so that every position stays.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import sqlglot
from janua.lexer import TRIVIA, Kind, Token, tokenize
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.expressions import core

from janua_generator.analysis.rewriting import rewritten, without_types

# It warns on standard error where it falls back to a Command; that fallback is reported as a finding of ours.
logging.getLogger("sqlglot").setLevel(logging.ERROR)
# Where pytest is loaded it refuses trees that it makes itself (of XMLTABLE): the same SQL is to mean the same there.
core.UNITTEST = False

# Calls that sqlglot reads as others, losing their place, the order of their arguments or what these are. It is
# given a name that it does not know, of the same length, so that every position stays what it was.
_STAND_INS = {
    name: name.replace("_", "x")
    for name in ("json_agg", "json_object_agg", "jsonb_object_agg", "json_object", "date_part", "date_bin")
}
_UNNEST = {"unnest": "unnesx"}
_STOOD_FOR = {stand_in: name for name, stand_in in _STAND_INS.items()}

# Words that a query has only as names, for which sqlglot does not always take them, by all but their first
# letter; and what it is given in place of that.
_COMMANDS = {word[1:]: word for word in ("alter", "drop", "function", "if", "lock", "revoke", "rollback")}
_DISGUISE = "\u029f"


def tree_of(text: str) -> exp.Expr | None:
    """Return sqlglot's tree of a statement, or None where it has none, or a wrong one."""
    prepared = _with_calls_renamed(rewritten(text), _STAND_INS)
    tree = _tree(prepared) or _tree_of_disguised(prepared) or _tree_of_unnesting(prepared) or _tree_of_typed(prepared)
    if tree is None or isinstance(tree, exp.Command):
        return None
    # `a @ b`, an operator, is read as a name given to a
    is_misread = any(isinstance(each.args["alias"], exp.Parameter) for each in tree.find_all(exp.Alias))
    return None if is_misread else tree


def real_name(name: str) -> str:
    """Return the name of a function that sqlglot was given another name for."""
    return _STOOD_FOR.get(name, name)


def _tree(text: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(text, dialect="postgres")
    except (SqlglotError, RecursionError, TypeError, AttributeError, ValueError, LookupError):
        # `a ?# b`, pgvector's `<#>` and the like are no mere errors of its own, but fail within it
        return None


def _tree_of_disguised(text: str) -> exp.Expr | None:
    """The tree where columns are called as commands are: ``GROUP BY lock, revoke``."""
    disguised = "".join(
        _DISGUISE + token.text[1:] if token.start and token.text.lower() in _COMMANDS.values() else token.text
        for token in tokenize(text)
    )
    tree = _tree(disguised) if disguised != text else None
    for name in tree.find_all(exp.Identifier) if tree is not None else ():
        if name.name.startswith(_DISGUISE):
            name.set("this", _COMMANDS[name.name[1:].lower()])
    return tree


def _tree_of_unnesting(text: str) -> exp.Expr | None:
    """The tree where a join begins with ``unnest``, which sqlglot takes for a relation that nothing is joined to."""
    renamed = _with_calls_renamed(text, _UNNEST)
    tree = _tree(renamed) if renamed != text else None
    for call in tree.find_all(exp.Anonymous) if tree is not None else ():
        if call.name in _UNNEST.values():
            call.replace(exp.Unnest(expressions=call.expressions))
    return tree


def _tree_of_typed(text: str) -> exp.Expr | None:
    """The tree where literals have a type's name before them, ``mood 'happy'``: the same as ``'happy'::mood``."""
    plain, types = without_types(text)
    tree = _tree(plain) if types else None
    for literal in tree.find_all(exp.National) if tree is not None else ():
        cast = _tree(f"SELECT '' :: {types.get(literal.name, '')}")
        to = cast.find(exp.DataType) if cast is not None else None
        if to is None:
            return None
        literal.replace(exp.Cast(this=exp.Literal.string(literal.name), to=to))
    return tree


def _with_calls_renamed(text: str, names: Mapping[str, str]) -> str:
    if not any(name in text.lower() for name in names):
        return text
    tokens = list(tokenize(text))
    return "".join(
        names[token.text.lower()] if _is_call_of(names, tokens, at) else token.text for at, token in enumerate(tokens)
    )


def _is_call_of(names: Mapping[str, str], tokens: Sequence[Token], at: int) -> bool:
    if tokens[at].kind is not Kind.NAME or tokens[at].text.lower() not in names:
        return False
    following = next((token for token in tokens[at + 1 :] if token.kind not in TRIVIA), None)
    is_call = following is not None and following.text == "("
    return is_call and not (tokens[at].text.lower() == "json_object" and _is_constructor(tokens[at + 1 :]))


def _is_constructor(tokens: Sequence[Token]) -> bool:
    """Whether the arguments of ``json_object`` are SQL's keys and values, and not arrays of texts."""
    depth, words = 0, []
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text == ")":
            break
        if depth == 1 and token.kind not in TRIVIA:
            words.append(token.text.lower())
    return len(words) == 1 or bool({":", "value", "key", "returning"} & set(words))
