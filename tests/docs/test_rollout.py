"""docs/rollout.md is true: its migrations and its code follow one another as it says."""

from __future__ import annotations

from pathlib import Path

from janua import Database
from janua.migrations import Migrator
from janua.scratch import ScratchServer

from tests.docs.blocks import blocks
from tests.docs.replay import Replay


def test_each_step_is_what_it_says(replay: Replay) -> None:
    """By the tool's own word: what breaks, what does not, what can be taken back."""
    for block in blocks("docs/rollout.md"):
        replay.play(block)


def test_old_and_new_code_work_side_by_side(tmp_path: Path, scratch: ScratchServer) -> None:
    """Between expansion and contraction: each sees what the other wrote; afterwards the new one goes on."""
    statements = {
        "name": "INSERT INTO people (name) VALUES ($1)",
        "full_name": "INSERT INTO people (full_name) VALUES ($1)",
    }
    files = {block.title: block.text for block in blocks("docs/rollout.md") if block.title.startswith("migrations/")}
    for title in sorted(set(files) - {"migrations/0002_rename.sql"}):
        (tmp_path / Path(title).name).write_text(files[title])
    name = scratch.clone(scratch.migrated([], purpose="rollout"))
    with Database(scratch.url(name)) as db:
        migrator = Migrator(db, tmp_path)
        migrator.up(steps=1)
        db.raw(statements["name"], ("before",))
        migrator.up(steps=2)
        for column, sql in statements.items():
            db.raw(sql, (column,))
        db.raw("UPDATE people SET name = 'by old code' WHERE name = 'name'")
        db.raw("UPDATE people SET full_name = 'by new code' WHERE full_name = 'full_name'")
        both = [(row["name"], row["full_name"]) for row in db.raw("SELECT name, full_name FROM people ORDER BY id")]
        migrator.up()
        after = [row["full_name"] for row in db.raw("SELECT full_name FROM people ORDER BY id")]
    scratch.drop(name)
    assert [(each, each) for each in ("before", "by old code", "by new code")] == both
    assert ["before", "by old code", "by new code"] == after
