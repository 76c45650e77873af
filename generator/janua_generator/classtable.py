"""Row classes of a module, by name."""

from __future__ import annotations

from dataclasses import replace

from janua_generator.model import RowClass


class ClassTable:
    """Row classes by name; ``prefix`` is how annotations in other modules name the one that they are in."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.classes: dict[str, RowClass] = {}

    def add(self, made: RowClass) -> str:
        """Take in a class, with underscores behind its name where that is taken; return its annotation."""
        name = made.name
        while name in self.classes:
            name += "_"
        self.classes[name] = replace(made, name=name)
        return self.prefix + name

    def share(self, made: RowClass) -> str | None:
        """Return the annotation of the class of this name, or None where that has other fields."""
        known = self.classes.setdefault(made.name, made)
        return self.prefix + made.name if known.fields == made.fields else None
