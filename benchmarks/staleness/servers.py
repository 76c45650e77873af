"""The servers that the project's tests have for themselves: to kill, to cut off, to fall behind, to fail over."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

from tests.replicas.servers import Cluster
from tests.runtime.redis.servers import Server, proxy, running

__all__ = ["Cluster", "Server", "proxy", "running"]
