"""`python -m tests.robustness`: every bad input, and a table of what became of it; exits with 1 if any was not held."""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.robustness.api import api_cases, server
from tests.robustness.cases import HELD, TRACEBACK, WRONG, Case, Verdict, judge
from tests.robustness.core import core_cases, make_world
from tests.robustness.shell import quiet, shell_cases


def main() -> int:
    quiet()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory(prefix="vse-robustness-") as folder:
        world = Path(folder)
        make_world(world)
        with server(world) as served:
            verdicts = list(judged([*core_cases(world), *shell_cases(world), *api_cases(served)]))
    print(table(verdicts))
    return 0 if all(each.outcome == HELD for each in verdicts) else 1


def judged(cases: Iterable[Case]) -> Iterator[Verdict]:
    """The verdict on each case; those that were not held are told at once."""
    for case in cases:
        verdict = judge(case)
        if verdict.outcome != HELD:
            told = f"{verdict.outcome}: {case.area}: {case.name}: {verdict.detail}"
            print(told.encode("utf-8", "backslashreplace").decode(), file=sys.stderr, flush=True)
        yield verdict


def table(verdicts: list[Verdict]) -> str:
    """Markdown: of each area the cases, how many held, and how the others failed."""
    counts = Counter((each.case.area, each.outcome) for each in verdicts)
    lines = ["| area | cases | held | tracebacks | silent wrong answers |", "|---|---:|---:|---:|---:|"]
    for area in [*dict.fromkeys(each.case.area for each in verdicts), "all"]:
        kinds = [
            sum(n for (where, outcome), n in counts.items() if area in (where, "all") and outcome == kind)
            for kind in (HELD, TRACEBACK, WRONG)
        ]
        lines.append(f"| {area} | {sum(kinds):,} | {kinds[0]:,} | {kinds[1]:,} | {kinds[2]:,} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
