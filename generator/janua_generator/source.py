"""
Python source text: literals that mean exactly what they were made from, and lines that fit.

What does not fit into a line is broken as formatters do.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from janua.dynamic import Clause

from janua_generator.model import (
    CacheModel,
    Field,
    Fold,
    FunctionModel,
    RowFunction,
    TableColumn,
    Touches,
    VariantsModel,
)
from janua_generator.names import distinct

WIDTH = 120

_INDENT = "    "
# One quote of every three, and one at the end, would close a literal in triple quotes.
_CLOSING_QUOTE = re.compile(r'"(?=""|\Z)')
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(text: str) -> str:
    """Return a string literal on one line, in double quotes."""
    escaped = text if text.isprintable() and "\\" not in text else "".join(map(_escaped, text))
    return '"' + escaped.replace('"', '\\"') + '"'


def sql_literal(text: str) -> str:
    """Return a literal that keeps the lines of the text, or one on one line where it has no other."""
    return f'"""{_in_triple_quotes(text)}"""' if "\n" in text else literal(text)


def docstring(text: str, indent: int = 0) -> str:
    """Return what stands between the quotes of a docstring, its lines but for the first one indented."""
    lines = _in_triple_quotes(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return "\n".join([lines[0], *(f"{' ' * indent}{line}" if line else "" for line in lines[1:])])


def strings(texts: Iterable[str], depth: int = 1) -> str:
    """Return a tuple of strings, as the argument of a call that is indented so deep."""
    return _tuple([literal(text) for text in texts], depth=depth, column=len("columns=,") + len(_INDENT) * depth)


def part(part: str | Clause[str]) -> str:
    """Return a part of a statement that has variants, as an element of a tuple that is indented twice."""
    indent = _INDENT * 2
    if not isinstance(part, Clause):
        return f"{indent}{sql_literal(part)},"
    lines = [f"{indent}Clause(", f"{indent}    {literal(part.opening)},", f"{indent}    ("]
    for separator, text, needs in part.items:
        needed = f"({', '.join(map(literal, needs))}{',' * (len(needs) == 1)})"
        lines.append(f"{indent}        ({literal(separator)}, {sql_literal(text)}, {needed}),")
    otherwise = None if part.otherwise is None else literal(part.otherwise)
    lines += [f"{indent}    ),", f"{indent}    {otherwise},", f"{indent}),"]
    return "\n".join(lines)


def signature(function: FunctionModel, db: str, sets: Field | None, result: str, end: str) -> str:
    """Return the first lines of the function's definition for one kind of ``db``, and of ``sets`` if it takes such."""
    row = function.taken_row
    parameters = [] if row else [_declared(each) for each in (*function.parameters, *function.choices)]
    given = [f"{each.name}: {each.annotation}" for each in (sets, row) if each]
    parts = [f"db: {db}", *given, "/", *(["*", *parameters] if parameters else [])]
    head, tail = f"def {function.name}(", f") -> {result}:{end}"
    joined = ", ".join(parts)
    if len(head + joined + tail) <= WIDTH:
        return head + joined + tail
    if len(_INDENT + joined) <= WIDTH:
        return f"{head}\n{_INDENT}{joined}\n{tail}"
    return f"{head}\n" + "".join(f"{_INDENT}{part},\n" for part in parts) + tail


def call(function: FunctionModel) -> str:
    """Return the body of the function: one call of its executor."""
    variants = function.variants
    if variants is not None and variants.keys:
        return _call_for_page(function, variants)
    is_chosen = variants is not None and function.sets is None
    query = f"{function.constant}[{_key(variants.key)}]" if variants and is_chosen else function.constant
    given = f", {function.sets.name}" if function.sets else ""
    opening = f"return db.{function.method}({query}{given}"
    if not function.parameters:
        return f"{opening})"
    names = [each.name for each in function.parameters]
    if function.taken_row is not None:
        names = [f"{function.taken_row.name}.{each}" for each in function.row_fields]
    arguments = _tuple(names, depth=1, column=len(f"{_INDENT}{opening}, )"))
    if variants is None or not is_chosen or "\n" not in arguments:
        return f"{opening}, {arguments})"
    # a parameter may be called query
    (*_, local) = distinct([*names, "query"])
    arguments = _tuple(names, depth=1, column=len(f"{_INDENT}return db.{function.method}({local}, )"))
    chosen = f"{local} = {query}"
    if len(_INDENT + chosen) > WIDTH:
        chosen = f"{local} = {function.constant}[\n" + "".join(f"{_INDENT * 2}{each},\n" for each in variants.key)
        chosen += f"{_INDENT}]"
    return f"{chosen}\n{_INDENT}return db.{function.method}({local}, {arguments})"


def _call_for_page(function: FunctionModel, variants: VariantsModel) -> str:
    names = [each.name for each in function.parameters]
    chosen = [function.constant, *(_tuple(each, depth=2, column=0) if each else "()" for each in (variants.key, names))]
    arguments = [*chosen, *(each.name for each in function.choices)]
    line = f"return db.{function.method}({', '.join(arguments)})"
    if "\n" not in line and len(_INDENT + line) <= WIDTH:
        return line
    body = "".join(f"{_INDENT * 2}{each},\n" for each in arguments)
    return f"return db.{function.method}(\n{body}{_INDENT})"


def _declared(parameter: Field) -> str:
    default = f" = {parameter.default}" if parameter.default else ""
    return f"{parameter.name}: {parameter.annotation}{default}"


def _key(parts: Sequence[str]) -> str:
    """The subscript of a dict whose keys are tuples."""
    return f"({parts[0]},)" if len(parts) == 1 else ", ".join(parts)


def metadata(field: Field) -> str:
    """Return what stands behind a field's annotation: its default, or that it is called otherwise in JSON."""
    if field.default:
        return f" = {field.default}"
    return f' = _field(metadata={{"key": {literal(field.key)}}})' if field.key else ""


def mapping(items: Iterable[tuple[int, str]]) -> str:
    """Return a dict from numbers to expressions."""
    entries = [f"{number}: {expression}" for number, expression in items]
    return _filled(entries, f"{{{', '.join(entries)}}}", depth=1, column=len("    columns_as=,"))


def policy(cache: CacheModel, depth: int) -> str:
    """Return how answers are kept, as the argument of a call that is indented so deep."""
    arguments = [repr(cache.ttl), strings(cache.reads, depth) if cache.reads else "()"]
    arguments += [f"stale={cache.stale!r}"] if cache.stale else []
    arguments += [f"settings={strings(cache.settings, depth)}"] if cache.settings else []
    return f"CachePolicy({', '.join(arguments)})"


def numbers(items: Sequence[int]) -> str:
    """Return a tuple of numbers, of which there is one at least."""
    return _tuple(list(map(str, items)), depth=1, column=len("    own_parameters=,"))


def declared(column: TableColumn) -> str:
    """Return the declaration of a table's column."""
    flags = f"{', nullable=True' if column.nullable else ''}{'' if column.binary else ', binary=False'}"
    flags += f", own={literal(column.own)}" if column.own else ""
    return f"_q.Declared({literal(column.name)}, {literal(column.sql)}, {literal(column.type)}{flags})"


def takes(fields: Sequence[Field]) -> str:
    """Return the parameters of a method, indented twice, that takes these as keywords."""
    parts = ["_self", "/", *(["*", *(f"{each.name}: {each.annotation}" for each in fields)] if fields else [])]
    indent = _INDENT * 2
    return "\n" + "".join(f"{indent}{_INDENT}{part},\n" for part in parts) + indent


def touched(touches: Touches) -> str:
    """Return what a statement touches, as an argument with its comma, indented twice."""
    given = [
        f"{word}={_bare(names)}" for word, names in (("reads", touches.reads), ("writes", touches.writes)) if names
    ]
    if touches.unknown:
        given.append(f"unknown={literal(touches.unknown)}")
    line = f"{touches.event}=_q.Touches({', '.join(given)}),"
    if len(_INDENT * 2 + line) <= WIDTH:
        return line
    body = "".join(f"{_INDENT * 3}{each},\n" for each in given)
    return f"{touches.event}=_q.Touches(\n{body}{_INDENT * 2}),"


def constructed(value: object, depth: int) -> str:
    """
    Return what makes a named tuple of ``_q`` again, or a value within one, where it stands ``depth`` deep.

    What has its default is left out.
    """
    parts = _parts_of(value, depth + 1)
    if parts is None:
        return literal(value) if isinstance(value, str) else repr(value)
    is_call = hasattr(value, "_fields")
    opening = f"_q.{type(value).__name__}(" if is_call else "("
    line = f"{opening}{', '.join(parts)}{',' if len(parts) == 1 and not is_call else ''})"
    if "\n" not in line and len(_INDENT * depth + line) < WIDTH - len("is_required=,"):
        return line
    return f"{opening}\n" + "".join(f"{_INDENT * (depth + 1)}{each},\n" for each in parts) + f"{_INDENT * depth})"


def _parts_of(value: object, depth: int) -> list[str] | None:
    """The elements of a tuple; None of what is none."""
    if not isinstance(value, tuple):
        return None
    names: tuple[str, ...] = getattr(value, "_fields", ())
    if not names:
        return [constructed(each, depth) for each in value]
    defaults: dict[str, object] = getattr(value, "_field_defaults", {})
    parts = []
    is_by_position = True
    for name, each in zip(names, value, strict=True):
        if name in defaults and defaults[name] == each:
            is_by_position = False
            continue
        text = constructed(each, depth)
        is_by_position = is_by_position and not isinstance(each, bool)
        parts.append(text if is_by_position else f"{name}={text}")
    return parts


def _bare(texts: Sequence[str]) -> str:
    return f"({literal(texts[0])},)" if len(texts) == 1 else f"({', '.join(map(literal, texts))})"


def row_function(function: RowFunction) -> str:
    """Return the definition of a function that makes a row."""
    head = _definition(function.name, [f"{each.name}: {each.annotation}" for each in function.columns], function.result)
    return f"{head}\n{_INDENT}return {function.call}"


def fold(function: Fold) -> str:
    """Return the definition of a function that makes one row of all that share their keys."""
    row = _product([each.annotation for each in function.columns])
    head = _definition(function.name, [f"rows: _abc.Iterable[{row}]"], f"list[{function.result}]")
    key = ", ".join(each.name for each in function.keys)
    key = key if len(function.keys) == 1 else f"({key})"
    key_type = (
        function.keys[0].annotation if len(function.keys) == 1 else _product([k.annotation for k in function.keys])
    )
    columns = ", ".join(each.name for each in function.columns)
    lines = [
        f"found: dict[{key_type}, {function.result}] = {{}}",
        f"for {columns} in rows:",
        f"    row = found.get({key})",
        "    if row is None:",
        f"        row = found[{key}] = {function.call}",
        *_appended(function),
        "return list(found.values())",
    ]
    return "\n".join([head, *(f"{_INDENT}{line}" for line in lines)])


def _appended(function: Fold) -> list[str]:
    append = f"row.{function.member}.append({function.child})"
    if not function.present:
        return [f"    {append}"]
    return [f"    if {function.present}:", f"        {append}"]


def _product(annotations: Sequence[str]) -> str:
    return f"tuple[{', '.join(annotations)}]"


def _definition(name: str, parameters: Sequence[str], result: str) -> str:
    line = f"def {name}({', '.join(parameters)}) -> {result}:"
    if len(line) <= WIDTH:
        return line
    return f"def {name}(\n" + "".join(f"{_INDENT}{each},\n" for each in parameters) + f") -> {result}:"


def _tuple(items: Sequence[str], *, depth: int, column: int) -> str:
    """A tuple that fills its lines; ``column`` is the width that its first line has beside it."""
    line = f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    return _filled(items, line, depth=depth, column=column)


def _filled(items: Sequence[str], line: str, *, depth: int, column: int) -> str:
    """The items between the brackets that ``line`` has, which is the whole where it fits."""
    if len(line) + column <= WIDTH:
        return line
    lines, indent = [""], _INDENT * (depth + 1)
    for item in items:
        if lines[-1] and len(indent) + len(lines[-1]) + len(item) + 2 > WIDTH:
            lines.append("")
        lines[-1] += f" {item}," if lines[-1] else f"{item},"
    body = textwrap.indent("\n".join(lines), indent)
    return f"{line[0]}\n{body}\n{_INDENT * depth}{line[-1]}"


def _in_triple_quotes(text: str) -> str:
    escaped = text
    if "\\" in text or not text.replace("\n", "").replace("\t", "").isprintable():
        escaped = "".join(char if char in "\n\t" else _escaped(char) for char in text)
    return _CLOSING_QUOTE.sub('\\\\"', escaped)


def _escaped(char: str) -> str:
    """A character as itself, or as an escape where it is a backslash or cannot be seen."""
    if char in _ESCAPES:
        return _ESCAPES[char]
    return char if char.isprintable() else char.encode("unicode_escape").decode()
