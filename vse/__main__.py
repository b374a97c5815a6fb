"""python -m vse COMMAND"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - what follows would end in a traceback there
    sys.exit(f"error: This is Python {sys.version.split()[0]}, but 3.11 to 3.13 is needed: try python3.12.")

from vse.cli import main

if __name__ == "__main__":
    sys.exit(main())
