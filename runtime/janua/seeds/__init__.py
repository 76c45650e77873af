"""
Data for development and tests: seeds are SQL or Python files, run as a whole or not at all.

    Seeder(db).run("development")                 # seeds/development.sql, .py, or all files of seeds/development/
    await AsyncSeeder(adb).run("development")

A file may say ``-- after: organizations`` (in Python ``# after: …``) in its first lines. ``upsert`` makes an insert of
the query builder one that may be repeated.
"""

from janua.seeds._async.seeder import AsyncSeeder
from janua.seeds._sync.seeder import Seeder
from janua.seeds.files import Seeded
from janua.seeds.upserts import upsert

__all__ = ["AsyncSeeder", "Seeded", "Seeder", "upsert"]
