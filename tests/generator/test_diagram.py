"""The picture of a schema: nothing overlaps, no line crosses a table, and every foreign key is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from janua.config import load_project
from janua_generator.catalog.model import Catalog, Column, ForeignKey, Key, Relation
from janua_generator.diagram import draw

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
Rectangle = tuple[float, float, float, float]
Segment = tuple[float, float, float, float]


@dataclass
class Picture:
    """What is in an SVG, in the coordinates of the whole: left, top, right, bottom."""

    size: Rectangle
    boxes: dict[str, Rectangle] = field(default_factory=dict)
    groups: dict[str, Rectangle] = field(default_factory=dict)
    labels: list[tuple[str, Rectangle]] = field(default_factory=list)
    nets: dict[str, list[Segment]] = field(default_factory=dict)


def read(svg: str) -> Picture:
    root = ElementTree.fromstring(svg)
    picture = Picture((0, 0, float(root.get("width", "")), float(root.get("height", ""))))
    _read(root, 0, 0, picture, "")
    return picture


def _read(element: ElementTree.Element, x: float, y: float, picture: Picture, title: str) -> None:
    if found := re.fullmatch(r"translate\((\S+) (\S+)\)", element.get("transform", "")):
        x, y = x + float(found[1]), y + float(found[2])
    title = next((each.text or "" for each in element if each.tag == f"{SVG}title"), title)
    for child in element:
        kind = child.get("class", "")
        left, top = x + float(child.get("x", 0)), y + float(child.get("y", 0))
        if child.tag == f"{SVG}rect" and kind in ("box", "group"):
            rectangle = (left, top, left + float(child.get("width", 0)), top + float(child.get("height", 0)))
            if kind == "box":
                picture.boxes[title.partition(": ")[0]] = rectangle
            else:
                picture.groups[str(len(picture.groups))] = rectangle
        elif child.tag == f"{SVG}text":
            high, low = (11, 4) if kind == "group-name" else (9, 3)
            width = float(child.get("textLength", ""))
            picture.labels.append((child.text or "", (left, top - high, left + width, top + low)))
        elif kind in ("line", "end"):
            picture.nets.setdefault(title, []).extend(_segments(child.get("d", ""), x, y))
        _read(child, x, y, picture, title)


def _segments(path: str, x: float, y: float) -> Iterator[Segment]:
    at = (0.0, 0.0)
    for command, first, second in re.findall(r"([ML])(\S+?) ([^ML]+)", path):
        to = (x + float(first), y + float(second))
        if command == "L":
            yield (min(at[0], to[0]), min(at[1], to[1]), max(at[0], to[0]), max(at[1], to[1]))
        at = to


def overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether they have a point in common that is on no edge."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def crosses(segment: Segment, box: Rectangle) -> bool:
    """Whether a line has a point inside a box; it may end at its edge."""
    return segment[0] < box[2] and segment[2] > box[0] and segment[1] < box[3] and segment[3] > box[1]


def inside(one: Rectangle, other: Rectangle) -> bool:
    return other[0] <= one[0] and other[1] <= one[1] and one[2] <= other[2] and one[3] <= other[3]


def table(
    name: str, columns: int | list[str] = 2, *references: str, schema: str = "public", key: int = 1, bound: str = ""
) -> Relation:
    """A table whose last columns refer to the first columns of others."""
    names = [f"c{number}" for number in range(columns)] if isinstance(columns, int) else columns
    names = names or ["c0"]
    kind: Literal["table"] = "table"
    return Relation(
        schema=schema,
        name=name,
        kind=kind,
        columns=tuple(Column(name=each, type="integer", declared="integer", not_null=True) for each in names),
        keys=(Key(name="pkey", columns=tuple(names[:key]), primary=True, proves_uniqueness=True),),
        foreign_keys=tuple(
            ForeignKey(
                name=f"fk{number}",
                columns=(names[-1 - number % len(names)],),
                references=other,
                referenced_columns=("c0",),
                on_delete="no action",
                on_update="no action",
                dependable=True,
            )
            for number, other in enumerate(references)
        ),
        partition_bound=bound,
    )


def catalog(*relations: Relation) -> Catalog:
    schemas = tuple(dict.fromkeys(each.schema for each in relations))
    return Catalog(schemas=schemas, extensions=(), types=(), sequences=(), relations=relations, functions=())


@st.composite
def catalogs(random: st.DrawFn, most_references: int = 4) -> Catalog:
    """Schemas of every shape: circles, tables that refer to themselves, many to one, several schemas."""
    count = random(st.integers(1, 14))
    schemas = random(st.lists(st.sampled_from(["a", "b", "c"]), min_size=count, max_size=count))
    names = [f"{schema}.t{number}" for number, schema in enumerate(schemas)]
    tables = []
    for number, schema in enumerate(schemas):
        references = random(st.lists(st.sampled_from(names), max_size=most_references))
        tables.append(table(f"t{number}", random(st.integers(1, 12)), *references, schema=schema))
    return catalog(*tables)


@given(catalogs())
@settings(max_examples=80, deadline=None)
def test_nothing_overlaps_and_no_line_crosses_a_table(schema: Catalog) -> None:
    """Whatever the schema: boxes, labels, groups and lines each have their place."""
    picture = read(draw(schema, "x"))
    assert {each.qualified for each in schema.relations} == set(picture.boxes)
    for one, other in combinations(picture.boxes.values(), 2):
        assert not overlap(one, other)
    for segments in picture.nets.values():
        for segment in segments:
            assert inside(segment, picture.size)
            for box in picture.boxes.values():
                assert not crosses(segment, box)
            for label, place in picture.labels:
                assert not crosses(segment, place), label
    for (first, one), (second, other) in combinations(picture.labels, 2):
        assert not overlap(one, other), (first, second)
    for label, place in picture.labels:
        assert any(inside(place, each) for each in (*picture.boxes.values(), *picture.groups.values())), label
        assert inside(place, picture.size)
    for one, other in combinations(picture.groups.values(), 2):
        assert not overlap(one, other)


@given(catalogs(most_references=2))
@settings(max_examples=60, deadline=None)
def test_lines_of_different_nets_only_cross(schema: Catalog) -> None:
    """They never run along each other, so that it can be seen which is which."""
    nets = list(read(draw(schema, "x")).nets.values())
    for one, other in combinations(nets, 2):
        for a in one:
            for b in other:
                along_x = a[1] == a[3] == b[1] == b[3] and min(a[2], b[2]) - max(a[0], b[0]) > 24
                along_y = a[0] == a[2] == b[0] == b[2] and min(a[3], b[3]) - max(a[1], b[1]) > 0
                assert not along_x
                assert not along_y


@given(catalogs())
@settings(max_examples=60, deadline=None)
def test_every_foreign_key_has_a_line(schema: Catalog) -> None:
    """All pieces of a line hang together, and reach both tables."""
    picture = read(draw(schema, "x"))
    for title, segments in picture.nets.items():
        assert connected(segments), title
        for line in title.splitlines():
            for part in line.split(" → "):
                box = picture.boxes[part.partition(" (")[0]]
                assert any(meets(segment, box) for segment in segments), line
    drawn = {line for title in picture.nets for line in title.splitlines()}
    expected = {
        f"{relation.qualified} ({key.columns[0]}) → {key.references} (c0)"
        for relation in schema.relations
        for key in relation.foreign_keys
        if (relation.qualified, key.columns[0]) != (key.references, "c0")
    }
    assert expected == drawn


def connected(segments: list[Segment]) -> bool:
    reached, waiting = [segments[0]], segments[1:]
    for segment in reached:
        near = [each for each in waiting if meets(segment, each)]
        waiting = [each for each in waiting if each not in near]
        reached += near
    return not waiting


def meets(one: Segment, other: Segment) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def test_the_same_schema_gives_the_same_picture() -> None:
    """Byte for byte, so that it changes in the repository only when the schema does."""
    schema = catalog(table("a"), table("b", 3, "public.a"), table("c", 4, "public.a", "public.b"))
    assert draw(schema, "x") == draw(schema, "x")


def test_what_is_referred_to_stands_on_the_left() -> None:
    """As one reads."""
    boxes = read(draw(catalog(table("child", 3, "public.parent"), table("parent")), "x")).boxes
    assert boxes["public.parent"][2] < boxes["public.child"][0]


def test_partitions_are_folded_and_views_left_out() -> None:
    """A partitioned table is one table, however many partitions it has."""
    whole = Relation(
        schema="public",
        name="log",
        kind="partitioned table",
        columns=(Column(name="at", type="date", declared="date", not_null=True),),
        partition_key="RANGE (at)",
    )
    view = Relation(schema="public", name="v", kind="view", columns=())
    picture = read(draw(catalog(whole, table("log_1", ["at"], bound="DEFAULT"), view), "x"))
    assert ["public.log"] == list(picture.boxes)
    assert "partitioned by RANGE (at)" in [label for label, _ in picture.labels]


def test_keys_of_several_columns_end_at_the_telling_one() -> None:
    """Not at the tenant's, which every key has."""
    key = ForeignKey(
        name="k",
        columns=("tenant", "parent"),
        references="public.t",
        referenced_columns=("tenant", "id"),
        on_delete="no action",
        on_update="no action",
        dependable=True,
    )
    other = ForeignKey(
        name="o",
        columns=("tenant",),
        references="public.a",
        referenced_columns=("c0",),
        on_delete="no action",
        on_update="no action",
        dependable=True,
    )
    columns = tuple(Column(name=name, type="int", declared="int", not_null=True) for name in ("tenant", "id", "parent"))
    t = Relation(schema="public", name="t", kind="table", columns=columns, foreign_keys=(key, other))
    picture = read(draw(catalog(table("a"), t), "x"))
    assert {"public.t (tenant, parent) → public.t (tenant, id)", "public.t (tenant) → public.a (c0)"} == set(
        picture.nets
    )


@pytest.mark.parametrize("name", ["a<b>&\"c'", "x" * 63, "表" * 21, "\x01\x7f", "--", "]]>", "é\u0301"])
def test_odd_names_are_drawn(name: str) -> None:
    """As XML that can be read; what is too long is cut off, and whole where one points at it."""
    picture = read(draw(catalog(table(name, [name], schema=name), table("other", [name], schema="s")), "x"))
    assert 2 == len(picture.boxes)
    for (_, one), (_, other) in combinations(picture.labels, 2):
        assert not overlap(one, other)


def test_nothing_is_drawn_of_nothing() -> None:
    """A schema without tables has an empty picture."""
    assert {} == read(draw(catalog(), "x")).boxes


def test_the_reference_application_is_drawn() -> None:
    """Its picture is beside its schema, with the mark that says who wrote it."""
    svg = (load_project(ROOT).schema / "diagram.svg").read_text("utf-8")
    picture = read(svg)
    assert {"public.users", "public.organizations"} <= set(picture.boxes)
    assert "Generated by janua from the migrations; do not edit: " in svg[:500]
