"""The one check command, the same for people and CI: lint, format, types, tests; with --all the long trials too."""

from __future__ import annotations

import argparse
import subprocess
import sys

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    # In the order of the files, in which those that take long come first: the browser's.
    ("pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"),
)
LONG = (("tests.robustness",), ("tests.trials",))


def main() -> int:
    """Run every check, also after one failed, so that one run shows all there is to mend; 1 if any failed."""
    parser = argparse.ArgumentParser(description="Lint, format, types, tests.")
    parser.add_argument("--all", action="store_true", help="also the long trials, which fetch packages")
    checks = CHECKS + LONG if parser.parse_args().all else CHECKS
    failed = [" ".join(check) for check in checks if subprocess.run([sys.executable, "-m", *check]).returncode]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
