"""How functions of queries with variants are called: defaults, the parameters that choose, and the key of a variant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from janua.dynamic import Clause
from janua.paging import CURSOR

from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.analysis.parameters import Parameter
from janua_generator.model import Field, VariantsModel
from janua_generator.names import parameter_name
from janua_generator.source import literal
from janua_generator.variants.ordering import CHOICE


def choose_variants(
    query: AnalysedQuery, parameters: Sequence[Field]
) -> tuple[tuple[Field, ...], VariantsModel | None]:
    """Return the parameters that choose, beside those of the query, and what chooses among its variants."""
    options = query.options
    if query.sets is not None and query.sets.parts:
        # of the rows of a call; the rows themselves tell which
        attributes = tuple(parameter_name(each) for each in query.sets.optional)
        return (), VariantsModel(attributes, (), _renamed(query.sets.parts))
    if not query.parts:
        return (), None
    python = {each.name: field.name for each, field in zip(query.parameters, parameters, strict=True)}
    key = tuple(f"{python[each]} is not UNSET" for each in options.optional)
    if options.page:
        paging = (Field("limit", "int"), Field(CURSOR, "str | None", default="None"))
        return paging, VariantsModel((*options.optional, CURSOR), key, query.parts, options.page)
    if not options.orders:
        return (), VariantsModel(options.optional, key, query.parts)
    keys = [literal(each) for each in options.orders]
    choice = Field(CHOICE, f"Literal[{', '.join(keys)}]", default=keys[0])
    return (choice,), VariantsModel((*options.optional, CHOICE), (*key, CHOICE), query.parts)


def _renamed(parts: tuple[str | Clause[str], ...]) -> tuple[str | Clause[str], ...]:
    """What the parts need by the names that it has in the rows."""
    return tuple(
        part
        if isinstance(part, str)
        else replace(
            part, items=tuple((before, text, tuple(map(parameter_name, needs))) for before, text, needs in part.items)
        )
        for part in parts
    )


def with_default(query: AnalysedQuery, parameter: Parameter, field: Field) -> Field:
    """Return a parameter of a function, which may be left out where it is optional, and is so by default."""
    if parameter.name not in query.options.optional:
        return field
    return replace(field, annotation=f"{field.annotation} | Unset", default="UNSET")
