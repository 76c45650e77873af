"""The classes of JSON values whose shape is known: an object is a dataclass, or the model of the row that it is."""

from __future__ import annotations

from dataclasses import dataclass

from janua_generator import names
from janua_generator.analysis.shape import Part, Shape
from janua_generator.annotations import optional, unshadowed
from janua_generator.classtable import ClassTable
from janua_generator.model import Field, RowClass
from janua_generator.namespace import Namespace

ANY = "_j.Json"


@dataclass(frozen=True, slots=True)
class JsonClasses:
    """Makes the classes of one query's JSON values, of which ``doc`` says what they are parts of."""

    namespace: Namespace
    table: ClassTable
    doc: str

    def annotation(self, shape: Shape, name: str) -> str:
        """The type of such a value, whose class would be called ``name``."""
        match shape.kind:
            case "value":
                return self._scalar(shape.type)
            case "list":
                return f"list[{self._part(shape.parts[0], names.relation_class(name))}]"
            case "dict":
                return f"dict[str, {self._part(shape.parts[0], names.relation_class(name))}]"
            case "object":
                return self._object(shape, name)

    def _scalar(self, type_name: str) -> str:
        type_map = self.namespace.type_map
        type_ = self.namespace.introspection.types.get(type_name)
        if type_ is None:
            return "str" if type_name == "unknown" else ANY
        return type_map.in_json(type_)

    def _part(self, part: Part, name: str) -> str:
        return optional(self.annotation(part.shape, name), part.nullable)

    def _object(self, shape: Shape, name: str) -> str:
        identifiers = names.distinct(names.field_name(each.key) for each in shape.parts)
        annotations = [self._part(each, name + names.class_name(each.key)) for each in shape.parts]
        keys = [each.key for each in shape.parts]
        if keys == identifiers:
            model = self.namespace.model_of_row(shape.relation, keys, annotations)
            if model is not None:
                return model
        final = unshadowed(annotations, identifiers)
        fields = tuple(
            Field(identifier, annotation, "" if identifier == key else key)
            for identifier, annotation, key in zip(identifiers, final, keys, strict=True)
        )
        return self.table.add(RowClass(name, self.doc, fields))
