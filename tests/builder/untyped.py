"""
The builder for tables that are made while the tests run, and of which a type checker knows nothing.

From an ``Any`` it would infer that an INSERT takes nothing. What it says of real tables is tested in ``tests/typing``.
"""

from __future__ import annotations

from typing import Any

from janua import builder

avg: Any = builder.avg
coalesce: Any = builder.coalesce
count: Any = builder.count
delete: Any = builder.delete
exists: Any = builder.exists
func: Any = builder.func
insert: Any = builder.insert
max: Any = builder.max
min: Any = builder.min
outer: Any = builder.outer
select: Any = builder.select
sum: Any = builder.sum
update: Any = builder.update
