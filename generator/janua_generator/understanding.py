"""
Queries from their source to all that is known of them, with the server's help: :class:`SourceQuery` to
:class:`AnalysedQuery`.

A query with variants is described and analysed in each of them; what is said of it holds for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from janua.diagnostics import Diagnostic

from janua_generator.analysis.analyse import AnalysedQuery, Examined, Options, conclude, examine
from janua_generator.analysis.joined import check_same, joined
from janua_generator.analysis.keyset import key_columns
from janua_generator.analysis.parameters import Parameter
from janua_generator.analysis.questions import Questions
from janua_generator.analysis.statements import define_views
from janua_generator.calls.prepare import prepare_call
from janua_generator.describe import DescribedQuery, argument_types, describe
from janua_generator.diagnostics import GenerationFailed, Stage, at_stage
from janua_generator.overrides.resolved import Overrides
from janua_generator.sqlfile.model import ParsedQuery, Rule, SourceQuery
from janua_generator.sqlfile.placeholders import parse_query
from janua_generator.variants.ordering import CHOICE
from janua_generator.variants.plan import EXHAUSTIVE, Plan, plan_of
from janua_generator.workshop import MigratedSchema


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query to be described, and where it has a plan, its other variants."""

    parsed: ParsedQuery
    plan: Plan | None = None
    variants: tuple[ParsedQuery, ...] = ()


def analyse_queries(
    schema: MigratedSchema, sources: Iterable[SourceQuery], overrides: Overrides
) -> tuple[dict[SourceQuery, AnalysedQuery], list[Diagnostic]]:
    """Have the server describe these queries, analyse them, and make their calls and types of them."""
    asked, errors = _parsed(sources)
    queries: dict[SourceQuery, AnalysedQuery] = {}
    if asked:
        understand_views(schema)
    described: list[tuple[_Asked, DescribedQuery]] = []
    for each, answer in zip(asked, _describe(schema, [each.parsed for each in asked]), strict=True):
        if isinstance(answer, Diagnostic):
            errors.append(answer)
        else:
            described.append((each, answer))
    variants = iter(_describe(schema, [variant for each, _ in described for variant in each.variants]))
    for each, whole in described:
        try:
            others = _answered(each.variants, list(islice(variants, len(each.variants))))
            with at_stage(Stage.RESULT):
                analysed = _analysed(schema, each, whole, others)
            with at_stage(Stage.OVERRIDE):
                queries[each.parsed.source] = overrides.applied(analysed)
        except GenerationFailed as failure:
            errors += failure.diagnostics
    return queries, errors


def understand_views(schema: MigratedSchema) -> None:
    """Find what each view gives, once for all queries, with the server's answers about JSON that they build."""
    if "definitions" in schema.introspection.derived:
        return
    questions = Questions()
    define_views(schema.introspection, questions)
    if questions.open:
        answers = argument_types(schema.connection, list(questions.open))
        define_views(schema.introspection, Questions(answers))


def _parsed(sources: Iterable[SourceQuery]) -> tuple[list[_Asked], list[Diagnostic]]:
    asked: list[_Asked] = []
    errors: list[Diagnostic] = []
    for source in sources:
        try:
            with at_stage(Stage.PARAMETERS):
                parsed = parse_query(source)
            with at_stage(Stage.VARIANTS):
                plan = plan_of(parsed)
        except GenerationFailed as failure:
            errors += failure.diagnostics
        else:
            asked.append(_Asked(parsed) if plan is None else _planned(plan))
    return asked, errors


def _planned(plan: Plan) -> _Asked:
    whole, *others = plan.described()
    return _Asked(whole, plan, tuple(others))


def _describe(schema: MigratedSchema, queries: Sequence[ParsedQuery]) -> list[DescribedQuery | Diagnostic]:
    return describe(schema.connection, schema.introspection, queries)


def _answered(variants: Sequence[ParsedQuery], answers: Sequence[DescribedQuery | Diagnostic]) -> list[DescribedQuery]:
    """The variants as described. Raises GenerationFailed with the first complaint about each place."""
    complaints: dict[tuple[int, int], Diagnostic] = {}
    described: list[DescribedQuery] = []
    for variant, answer in zip(variants, answers, strict=True):
        if isinstance(answer, DescribedQuery):
            described.append(answer)
        else:
            which = f" ({variant.left_out})" if variant.left_out.startswith("without") else ""
            complaint = replace(answer, message=f"{answer.message}{which}")
            complaints.setdefault((answer.line, answer.column), complaint)
    if complaints:
        raise GenerationFailed(list(complaints.values()))
    return described


def _analysed(
    schema: MigratedSchema, asked: _Asked, whole: DescribedQuery, variants: Sequence[DescribedQuery]
) -> AnalysedQuery:
    with at_stage(Stage.VARIANTS):
        check_same(whole, variants)
    first = _examined(schema, whole)
    if asked.plan is None:
        return _prepared(schema, conclude(first), whole.parsed)
    examined = [first, *(_examined(schema, each, first.parameters) for each in variants)]
    found = joined(examined)
    parsed = whole.parsed.with_splices(found.splices)
    with at_stage(Stage.VARIANTS):
        plan, keys = asked.plan, key_columns(asked.plan.keys, examined) if asked.plan.keys else ()
    if keys:
        plan = plan.paged(parsed, [each.name for each in whole.columns], keys)
        around = list(plan.described())
        _answered(around, _describe(schema, around))
        parsed = plan.parsed
    options = Options(plan.optional, plan.choices.get(CHOICE, ()), tuple(each.described for each in keys))
    query = conclude(found, plan.texts(parsed), options)
    made = replace(query, sql=parsed.sql, warnings=(*query.warnings, *_unchecked(plan)))
    return _prepared(schema, made, whole.parsed)


def _prepared(schema: MigratedSchema, query: AnalysedQuery, parsed: ParsedQuery) -> AnalysedQuery:
    """The query with what its kind of call makes of its statement."""
    with at_stage(Stage.CALL):
        return prepare_call(query, parsed, schema.introspection, lambda other: _describe(schema, [other])[0])


def _examined(
    schema: MigratedSchema, described: DescribedQuery, parameters: tuple[Parameter, ...] | None = None
) -> Examined:
    """Examine a statement, once more where the server knows what the analysis asks."""
    found = examine(described, schema.introspection, parameters=parameters)
    if not found.questions:
        return found
    answers = argument_types(schema.connection, found.questions)
    return examine(described, schema.introspection, answers, parameters)


def _unchecked(plan: Plan) -> tuple[Diagnostic, ...]:
    if plan.is_exhaustive:
        return ()
    source = plan.parsed.source
    message = f"query {source.name} has more than {EXHAUSTIVE} variants: not all of them were described"
    hint = "with everything, with nothing, with each parameter and with each pair it is right"
    return source.warning(Rule.UNCHECKED_VARIANTS, message, hint=hint)
