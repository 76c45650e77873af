"""Render a :class:`PackageModel` to text, through the templates beside this file."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from typing import TypeAlias

import jinja2

from janua_generator import source
from janua_generator.model import ModuleModel, PackageModel
from janua_generator.names import RESERVED_MODULES

Kept: TypeAlias = dict[PurePosixPath, tuple[ModuleModel, str]]


def emit(package: PackageModel, kept: Kept | None = None) -> dict[PurePosixPath, str]:
    """
    Return the text of every file of the package, by its path in it. Deterministic.

    ``kept`` has the modules of the last time; one that is the same is not rendered again.
    """
    kept = {} if kept is None else kept
    environment = _environment()

    def render(template: str, **values: object) -> str:
        return environment.get_template(template).render(values)

    files = {PurePosixPath("py.typed"): ""}
    files[PurePosixPath("__init__.py")] = render("init.py.j2")
    files[PurePosixPath("_types.py")] = render("types.py.j2", package=package)
    for subpackage in package.subpackages:
        files[PurePosixPath(subpackage) / "__init__.py"] = render("subpackage.py.j2")
    for module in package.modules:
        known, text = kept.get(module.path, (None, ""))
        if known != module:
            text = render(_template(module), module=module, frozen=package.frozen)
            kept[module.path] = module, text
        files[module.path] = text
    return files


def _template(module: ModuleModel) -> str:
    # A query file cannot become a module of these names.
    return f"{module.path.name}.j2" if module.path.stem in RESERVED_MODULES else "module.py.j2"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("janua_generator"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update(
        literal=source.literal,
        sql=source.sql_literal,
        docstring=source.docstring,
        strings=source.strings,
        part=source.part,
        signature=source.signature,
        call=source.call,
        row_function=source.row_function,
        fold=source.fold,
        policy=source.policy,
        metadata=source.metadata,
        mapping=source.mapping,
        numbers=source.numbers,
        declared=source.declared,
        touched=source.touched,
        takes=source.takes,
        constructed=source.constructed,
    )
    return environment
