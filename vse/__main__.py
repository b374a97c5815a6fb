"""python -m vse COMMAND"""

from __future__ import annotations

import sys

from vse.cli import main

if __name__ == "__main__":
    sys.exit(main())
