"""The console script ``janua``, and ``python -m janua``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; Ctrl-C is no traceback either while that is still being loaded."""
    try:
        from janua.cli import main as run
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
