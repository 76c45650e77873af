"""The cases of a single server, on a cluster: most of them have nothing to do with it, and must not."""

# ruff: noqa: F403
from tests.cache.test_derived_writes import *
from tests.cache.test_flights import *
from tests.cache.test_interleavings import *
from tests.cache.test_never_stale import *
from tests.cache.test_reads import *
from tests.cache.test_unproven_writes import *
from tests.cache.test_values_of_ones_own import *

# Two nodes are asked at once: see test_cluster.py.
del test_a_hit_costs_one_round_trip  # noqa: F821
