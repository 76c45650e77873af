"""
Rows for tests: what the generated modules ``factories`` are made of.

Each knows what its table asks of a row, as the migrations say it; ``Factory.make`` finds values and inserts them.
"""

from janua.dynamic import Unset
from janua.protocols import AsyncExecutor, Coro, Executor
from janua.testing.factories.declared import Atom, Check, Column, Parent
from janua.testing.factories.making import Factory

__all__ = ["AsyncExecutor", "Atom", "Check", "Column", "Coro", "Executor", "Factory", "Parent", "Unset"]
