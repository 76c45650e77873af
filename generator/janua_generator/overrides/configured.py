"""The overrides of a configuration: the columns and types that they name, found in the catalog."""

from __future__ import annotations

from typing import NoReturn, TypeAlias

from janua.config import Override, suggestion
from janua.errors import ConfigError

from janua_generator.catalog.introspect import Introspection
from janua_generator.catalog.model import PgType

JSON = frozenset({"json", "jsonb"})
CONTAINERS = ("dict", "list")
"""Python's own types that only JSON has, since there it is known what is in them."""

Place: TypeAlias = tuple[str, str]
"""A relation as ``schema.name``, and a column of it."""

_SPELLINGS = {"int": "integer", "decimal": "numeric", "float": "double precision", "char": "character"}


class Configured:
    """
    What is asked for columns, types (by ``format_type``'s spelling) and queries.

    ``is_lenient``: what does not exist is left out, as sqlc does it.
    """

    def __init__(self, introspection: Introspection, file: str, *, is_lenient: bool) -> None:
        self._introspection = introspection
        self._file = file
        self._is_lenient = is_lenient
        self.columns: dict[Place, str] = {}
        self.types: dict[str, str] = {}
        self.queries: list[Override] = []

    def take(self, override: Override) -> None:
        """Take one in. Raises ConfigError where it names nothing, or something that has a type already."""
        if override.query:
            self.queries.append(override)
        elif override.column:
            self._take_column(override)
        else:
            self._take_type(override)

    def _take_column(self, override: Override) -> None:
        head, _, name = override.column.rpartition(".")
        schema, _, table = head.rpartition(".")
        place = f'column = "{override.column}"'
        relation = self._introspection.catalog.relation(table, schema or None)
        if relation is None:
            known = [each.name for each in self._introspection.catalog.relations]
            self._miss(place, f'there is no table or view "{head}"{suggestion(table, known)}')
        elif name not in relation.by_name:
            self._miss(place, f'{relation.name} has no column "{name}"{suggestion(name, relation.by_name)}')
        else:
            self._check(override, place, relation.by_name[name].type, (relation.qualified, name) in self.columns)
            self.columns[relation.qualified, name] = override.python

    def _take_type(self, override: Override) -> None:
        place = f'type = "{override.type}"'
        type_ = self._type_called(override.type.strip())
        if type_ is None:
            known = [each.name for each in self._introspection.types.values()]
            self._miss(place, f"there is no such type{suggestion(override.type, known)}")
        elif type_.kind == "array":
            self._fail(place, f'name the type of its elements, "{type_.element}": arrays of it become lists')
        else:
            self._check(override, place, type_.name, type_.name in self.types)
            self.types[type_.name] = override.python

    def _type_called(self, name: str) -> PgType | None:
        """The type that a name means: as PostgreSQL shows it, as its catalog has it, or as SQL calls it."""
        types = self._introspection.types
        for spelling in (name, _SPELLINGS.get(name.lower(), name)):
            if spelling in types:
                return types[spelling]
        schemas = [*self._introspection.catalog.schemas, "pg_catalog"]
        found = [each for each in types.values() if name in (each.typname, f"{each.schema}.{each.typname}")]
        found = [each for each in found if "." in name or each.schema in schemas or each.extension]
        found.sort(key=lambda each: schemas.index(each.schema) if each.schema in schemas else len(schemas))
        return found[0] if found else None

    def _check(self, override: Override, place: str, type_name: str, is_given: bool) -> None:
        if is_given:
            self._fail(place, "it is given a type twice")
        if override.python in CONTAINERS and type_name.removesuffix("[]") not in JSON:
            self._fail(place, f"Python's {override.python} does not tell what is in it: name a type alias that does")

    def _miss(self, place: str, message: str) -> None:
        if not self._is_lenient:
            self._fail(place, message)

    def _fail(self, place: str, message: str) -> NoReturn:
        raise ConfigError(f"{self._file}: tool.janua.override: {place}: {message}")
