"""The keys that a query's pages are ordered by: which columns they are, and that they tell all rows apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from janua.diagnostics import Diagnostic
from sqlglot import exp

from janua_generator.analysis import statements
from janua_generator.analysis.analyse import Examined
from janua_generator.analysis.nullability.sets import sets_multiplying
from janua_generator.analysis.scope import Scope
from janua_generator.analysis.syntax import is_star, parse, unwrapped
from janua_generator.diagnostics import GenerationFailed
from janua_generator.sqlfile.placeholders import did_you_mean
from janua_generator.variants.paging import Key, KeyColumn


def key_columns(keys: Sequence[Key], variants: Sequence[Examined]) -> tuple[KeyColumn, ...]:
    """
    Return what is known of the keys in all variants of a query.

    Raises GenerationFailed for a key that is no column of the result, and where nothing proves that those that
    are never NULL are different in each row: some would be skipped.
    """
    first = variants[0]
    source = first.described.parsed.source
    names = [".".join((*each.path, each.name)) for each in first.result.columns]
    unknown = [key for key in keys if key.name not in names]
    if unknown:
        raise GenerationFailed([_unknown(first, key, names) for key in unknown])
    places = [names.index(key.name) for key in keys]
    may_be_null = [any(_is_nullable(variant, at) for variant in variants) for at in places]
    sure = [at for at, is_nullable in zip(places, may_be_null, strict=True) if not is_nullable]
    if not all(_are_unique(variant, sure) for variant in variants):
        (directive,) = source.directives_called("page")
        message = "nothing proves that these keys are different in each row"
        hint = "end with the columns of a unique key that are not NULL, such as id"
        length = len(directive.text)
        raise GenerationFailed([source.complaint_within(directive, 0, length, message, hint=hint)])
    columns = first.described.columns
    return tuple(
        KeyColumn(key, columns[at].name, columns[at].type.name, is_nullable)
        for key, at, is_nullable in zip(keys, places, may_be_null, strict=True)
    )


def _unknown(query: Examined, key: Key, names: Sequence[str]) -> Diagnostic:
    file, hint = query.described.parsed.source.file, did_you_mean(key.name, names)
    return file.diagnostic(key.offset, key.length, f"the result has no column {key.name}", hint=hint)


def _is_nullable(variant: Examined, at: int) -> bool:
    """Whether a column may be NULL, whatever its name claims."""
    columns = variant.output.columns
    return columns is None or len(columns) <= at or columns[at].value.nullable


def _are_unique(variant: Examined, at: Sequence[int]) -> bool:
    """Whether the values of these columns are different in each row."""
    tree = parse(variant.described.parsed.with_splices(variant.splices).sql)
    if tree is not None and len(at) == len(variant.described.columns) and _is_distinct(tree):
        return True
    if not isinstance(tree, exp.Select) or any(is_star(item) for item in tree.expressions):
        return False
    return _is_grouped_by(tree, at, variant) or _gives_one_row_each(tree, at, variant)


def _is_distinct(tree: exp.Expr) -> bool:
    """Whether no two rows are the same in all columns: SELECT DISTINCT, and set operations without ALL."""
    distinct = tree.args.get("distinct")
    if isinstance(tree, exp.SetOperation):
        return bool(distinct)
    return isinstance(distinct, exp.Distinct) and distinct.args.get("on") is None


def _gives_one_row_each(tree: exp.Select, at: Iterable[int], variant: Examined) -> bool:
    """
    Whether the statement with each of these columns equal to a constant gives one row at most.

    Only columns of the FROM clause count, on which a condition before grouping is one on the result.
    """
    for place in at:
        column = unwrapped(tree.expressions[place])
        if isinstance(column, exp.Column):
            # a constant without a type takes that of what it meets
            tree.where(exp.EQ(this=column.copy(), expression=exp.Literal.string("")), copy=False)
    return statements.output_of(tree, Scope(variant.environment)).at_most_one


def _is_grouped_by(tree: exp.Select, at: Iterable[int], variant: Examined) -> bool:
    """Whether there is a row for each combination of these columns: GROUP BY has no other."""
    group = tree.args.get("group")
    scope = Scope(variant.environment)
    statements.output_of(tree, scope)
    if group is None or not group.expressions or scope.has_grouping_sets or any(sets_multiplying(tree, scope)):
        return False
    keys = [unwrapped(tree.expressions[place]) for place in at]
    numbers = {str(place + 1) for place in at}
    return all(
        each in keys if isinstance(each, exp.Column) else isinstance(each, exp.Literal) and each.name in numbers
        for each in map(unwrapped, group.expressions)
    )
