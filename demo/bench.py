"""How quickly the app answers many visitors at once: `python -m demo.bench`; printed, never asserted.

Each visitor asks, reads for about a second, and asks again; no two ask the same. The visitors run on the machine that
measures, so on the one that serves they take their share of it.
"""

from __future__ import annotations

import argparse
import random
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

from vse.errors import VSEError

APP = ("-m", f"{__package__}.main")
_PROBLEMS_SHOWN = 3
READING = 1.0  # seconds between an answer and the next question, on average
KINDS = {"search_text": 6, "arithmetic": 3, "compare": 1}  # endpoints, and how many of ten questions go there
_COLOURS = ("red", "blue", "green", "black", "white", "brown")
_THINGS = ("dog", "cat", "car", "horse", "bicycle", "apple", "woman", "man", "bus", "boat")
_PLACES = ("on the beach", "in the snow", "at night", "in a forest", "in the rain", "in a kitchen", "on a hill")


class BenchError(VSEError):
    """Nothing could be measured."""


@dataclass(frozen=True)
class Asked:
    """One question: its endpoint, the seconds until its answer came, and what went wrong."""

    kind: str
    seconds: float
    problem: str = ""


def question(rng: random.Random, kinds: Sequence[str]) -> tuple[str, str]:
    """An endpoint and a query for it."""
    colour, place = rng.choice(_COLOURS), rng.choice(_PLACES)
    thing, other = rng.sample(_THINGS, 2)
    kind = rng.choices(kinds, [KINDS[each] for each in kinds])[0]
    if kind == "arithmetic":
        return kind, f'"a {colour} {thing} {place}" - {thing} + {other}'
    return kind, f"a {colour} {thing} and a {other} {place}"


def visit(client: Any, seed: int, kinds: Sequence[str], until: float, answers: list[Asked]) -> None:
    """One visitor's questions, up to a time of `time.monotonic`; what became of them is appended."""
    rng = random.Random(seed)
    time.sleep(rng.uniform(0, READING))  # they did not all come at the same moment
    while (began := time.monotonic()) < until:
        kind, query = question(rng, kinds)
        problem = ""
        try:
            client.predict(query, api_name=f"/{kind}")
        except Exception as error:  # a visitor would be told, and ask again
            problem = str(error) or type(error).__name__
        answers.append(Asked(kind, time.monotonic() - began, problem))
        time.sleep(rng.uniform(0.5, 1.5) * READING)


def measure(url: str, visitors: int, seconds: float) -> list[Asked]:
    """The questions of so many visitors for so long, in the order in which they were answered.

    Raises:
        BenchError: when no app answers at that address.
    """
    from gradio_client import Client

    # Certificates would be read for every request, which takes more of the machine than answering does.
    options: dict[str, Any] = {"verbose": False, "analytics_enabled": False, "ssl_verify": not is_here(url)}
    try:
        clients = [Client(url, **options) for _ in range(visitors)]
        clients[0].predict("a dog", api_name="/search_text")  # a model is loaded before the clock starts
    except Exception as error:
        raise BenchError(
            f"No app answers at {url} ({error}): start it with python app.py, or leave --url out."
        ) from error
    kinds = [kind for kind in KINDS if answers_to(clients[0], kind)]
    answers: list[Asked] = []
    until = time.monotonic() + seconds
    visits = [
        threading.Thread(target=visit, args=(client, seed, kinds, until, answers))
        for seed, client in enumerate(clients)
    ]
    for each in visits:
        each.start()
    for each in visits:
        each.join()
    return answers


def is_here(url: str) -> bool:
    """Whether an address is of this machine."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def answers_to(client: Any, kind: str) -> bool:
    """Whether the app answers such questions: without a CLIP there is nothing to compare with."""
    try:
        client.predict("a dog", api_name=f"/{kind}")
    except Exception:
        return False
    return True


def table(answers: Sequence[Asked], visitors: int, seconds: float) -> str:
    """The figures as lines: of every kind of question, and over all, in milliseconds.

    Raises:
        BenchError: when nothing was answered.
    """
    good = [each for each in answers if not each.problem]
    problems = Counter(each.problem for each in answers if each.problem)
    if not good:
        told = f": {problems.most_common(1)[0][0]}" if problems else ", for there was no time."
        raise BenchError(f"None of {len(answers)} questions was answered{told}")
    lines = [f"{visitors} visitors for {seconds:g} s, each reading for about {READING:g} s between two questions", ""]
    lines.append(f"{'':14}{'median':>9}{'p95':>9}{'max':>9}{'answers':>10}")
    for kind in (*KINDS, "over all"):
        times = [1000 * each.seconds for each in good if kind in (each.kind, "over all")]
        if times:
            lines.append(f"{kind:14}{median(times):9.0f}{percentile(times, 95):9.0f}{max(times):9.0f}{len(times):10}")
    lines += ["", f"{len(good) / seconds:.1f} answers a second, {problems.total()} errors"]
    lines += [f"  {times} × {problem}" for problem, times in problems.most_common(_PROBLEMS_SHOWN)]
    return "\n".join(lines)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of the values do not exceed, between two of them where none is at that place."""
    return values[0] if len(values) == 1 else quantiles(values, n=100, method="inclusive")[percent - 1]


def memory_of(process: int) -> float:
    """The megabytes of memory that a process holds now.

    Raises:
        BenchError: where the system does not tell, which is anywhere but on Linux.
    """
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
    except (OSError, StopIteration) as error:
        raise BenchError("The memory of another process is only told on Linux: leave --sessions out.") from error


def memory_over_sessions(url: str, process: int, sessions: int, steps: int = 10) -> list[tuple[int, float]]:
    """Visitors who come one after the other, ask once and stay away: (how many came, megabytes then)."""
    from gradio_client import Client

    client: Any = Client(url, verbose=False, analytics_enabled=False, ssl_verify=not is_here(url))
    client.predict("a dog", api_name="/search_text")  # a model is loaded before the first is counted
    rng, rows = random.Random(0), [(0, memory_of(process))]
    for number in range(1, sessions + 1):
        client.session_hash = uuid.uuid4().hex
        client.predict(question(rng, ["search_text"])[1], api_name="/search_text")
        if number % max(sessions // steps, 1) == 0 or number == sessions:
            rows.append((number, memory_of(process)))
    return rows


@contextmanager
def memory_watched(process: int, seconds: float, steps: int = 10) -> Iterator[list[tuple[float, float]]]:
    """(seconds since the beginning, megabytes then), filled in while the block runs."""
    rows: list[tuple[float, float]] = []
    began, is_over = time.monotonic(), threading.Event()

    def watch() -> None:
        while not is_over.wait(seconds / steps):
            rows.append((time.monotonic() - began, memory_of(process)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield rows
    finally:
        is_over.set()
        watcher.join()


def watched_table(rows: Sequence[tuple[float, float]]) -> str:
    lines = [f"{after:7.0f} s{megabytes:9.0f} MB" for after, megabytes in rows]
    return "\n".join([f"{'after':>9}{'memory':>12}", *lines])


def memory_table(rows: Sequence[tuple[int, float]]) -> str:
    lines = [f"{'sessions':>9}{'memory':>12}", *(f"{number:9,}{megabytes:9.0f} MB" for number, megabytes in rows)]
    (half, then), (last, now) = rows[len(rows) // 2], rows[-1]
    grown = 1024 * (now - then) / (last - half) if last > half else 0.0
    return "\n".join([*lines, "", f"{grown:.1f} KB a session over the second half"])


@contextmanager
def started(arguments: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The address of an app in a process of its own, which is stopped afterwards, and that process's number.

    Raises:
        BenchError: when it stops before it is ready.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, *APP, "--port", str(port), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if not any(line.startswith("Ready") for line in process.stdout):
                raise BenchError("The app stopped before it was ready: what it wrote says why.")
            yield f"http://127.0.0.1:{port}/", process.pid
        finally:
            process.terminate()
            process.communicate()  # what it still says while it stops


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--visitors", type=int, default=20, help="how many ask at the same time (20)")
    parser.add_argument("--seconds", type=float, default=20, help="for how long (20)")
    parser.add_argument("--memory", action="store_true", help="also what memory the app holds meanwhile")
    parser.add_argument("--sessions", type=int, metavar="N", help="instead: the memory while N visitors come and go")
    parser.add_argument("--url", help="an app that runs already (default: one is started, and stopped afterwards)")
    parser.add_argument("app", nargs="*", metavar="-- ARGUMENT", help="how to start the app, as after python app.py")
    options = parser.parse_args(arguments)
    if options.visitors < 1 or options.seconds <= 0:
        parser.error("give at least one visitor and more than no seconds")
    if options.sessions is not None and (options.sessions < 1 or options.url):
        parser.error("--sessions takes one or more, of an app that is started here, so without --url")
    if options.memory and options.url:
        parser.error("--memory is of an app that is started here, so without --url")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 when nothing could be measured, with one sentence on standard error."""
    options = parse(arguments)
    try:
        with nullcontext((options.url, 0)) if options.url else started(options.app) as (url, process):
            if options.sessions:
                print(memory_table(memory_over_sessions(url, process, options.sessions)))
                return 0
            watched: AbstractContextManager[list[tuple[float, float]]] = nullcontext([])
            if options.memory:
                watched = memory_watched(process, options.seconds)
            with watched as rows:
                answers = measure(url, options.visitors, options.seconds)
            print(table(answers, options.visitors, options.seconds))
            if rows:
                print("\n" + watched_table(rows))
    except BenchError as error:
        print(f"demo.bench: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
