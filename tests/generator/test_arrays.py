"""Arrays that queries put together, from SQL to objects: their elements are None where the types say so."""

from __future__ import annotations

import re
from pathlib import Path

from janua import Database
from janua.scratch import ScratchServer

from .packages import generated, imported, migrated

SCHEMA = """\
-- UP
CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE TYPE spot AS (x int, y int);
CREATE TABLE teams (id int PRIMARY KEY);
CREATE TABLE players (id int PRIMARY KEY, team_id int NOT NULL REFERENCES teams, name text NOT NULL, mood mood,
    spot spot);
INSERT INTO teams VALUES (1), (2);
INSERT INTO players VALUES (1, 1, 'Ann', NULL, NULL), (2, 1, 'Bob', 'calm', '(1,2)');
"""
QUERIES = """\
-- name: teams
SELECT t.id, array_agg(p.name ORDER BY p.id) AS names, array_agg(p.mood ORDER BY p.id) AS moods,
       array_agg(p.spot ORDER BY p.id) AS spots
FROM teams t LEFT JOIN players p ON p.team_id = t.id GROUP BY t.id ORDER BY t.id;

-- name: names :one
SELECT array_agg(name ORDER BY id) AS names, array_agg(mood) AS moods FROM players HAVING count(*) > 0;
"""


def test_elements_that_may_be_null_are_optional(scratch: ScratchServer, tmp_path: Path) -> None:
    """Those of enums and composites too; and no others."""
    files = {"migrations/0001_x.sql": SCHEMA, "queries/q.sql": QUERIES}
    with generated(scratch, tmp_path / "project", files, "arrays") as project:
        text = (project.root / "arrays" / "q.py").read_text()
        assert ["list[str | None]", "list[_e.Mood | None]", "list[_m.Spot | None]"] == re.findall(
            r"    (?:names|moods|spots): (list.*\])$", text.split("class TeamsRow")[1].split("class")[0], re.MULTILINE
        )
        assert "list[str]" in text
        with imported(project, "arrays") as modules, migrated(scratch, project, "arrays") as url, Database(url) as db:
            first, second = modules.q.teams(db)
    assert ["Ann", "Bob"] == first.names
    assert [None, modules.enums.Mood.CALM] == first.moods
    assert [None, modules.models.Spot(1, 2)] == first.spots
    assert ([None], [None], [None]) == (second.names, second.moods, second.spots)
