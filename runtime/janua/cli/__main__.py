"""``python -m janua.cli``: the same as the console script."""

import sys

from janua.cli.main import main

sys.exit(main())
