"""The one check command, the same for people and CI: lint, format, types, tests."""

from __future__ import annotations

import subprocess
import sys

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("pytest", "-n", "auto", "--dist", "loadfile"),
)


def main() -> int:
    """Run every check, also after one failed, so that one run shows all there is to mend; 1 if any failed."""
    failed = [" ".join(check) for check in CHECKS if subprocess.run([sys.executable, "-m", *check]).returncode]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
