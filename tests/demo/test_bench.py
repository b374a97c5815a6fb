from __future__ import annotations

import os
import random
import time

import pytest

from demo.bench import (
    KINDS,
    Asked,
    BenchError,
    is_here,
    main,
    measure,
    memory_table,
    memory_watched,
    percentile,
    question,
    table,
    watched_table,
)
from tests.demo_fixtures import Served, free_port
from vse.search.query import parse


def test_percentiles_lie_between_two_values():
    assert percentile([3.0], 95) == 3
    assert percentile([0.0, 10.0], 95) == pytest.approx(9.5)
    assert percentile([float(each) for each in range(101)], 95) == pytest.approx(95)


def test_the_table_tells_each_kind_and_what_went_wrong():
    asked = [Asked("search_text", 0.1), Asked("search_text", 0.3), Asked("arithmetic", 0.2)]
    lines = table([*asked, Asked("arithmetic", 9.0, "Too busy.")], visitors=2, seconds=2).splitlines()
    assert lines[3].split() == ["search_text", "200", "290", "300", "2"]
    assert lines[4].split() == ["arithmetic", "200", "200", "200", "1"]
    assert lines[5].split() == ["over", "all", "200", "290", "300", "3"]
    assert lines[-2:] == ["1.5 answers a second, 1 errors", "  1 × Too busy."]


def test_without_an_answer_there_are_no_figures():
    with pytest.raises(BenchError, match=r"^None of 1 questions was answered: Too busy\.$"):
        table([Asked("arithmetic", 9.0, "Too busy.")], 1, 1)
    with pytest.raises(BenchError, match=r"^None of 0 questions was answered, for there was no time\.$"):
        table([], 1, 1)


def test_visitors_ask_different_things_that_can_be_read():
    rng = random.Random(0)
    asked = [question(rng, tuple(KINDS)) for _ in range(200)]
    assert len({query for _, query in asked}) > 150
    assert {kind for kind, _ in asked} == set(KINDS)
    assert all(len(parse(query).terms) == 3 for kind, query in asked if kind == "arithmetic")


def test_addresses_of_this_machine():
    assert is_here("http://127.0.0.1:7860/")
    assert is_here("http://localhost:7860")
    assert not is_here("https://example.org/127.0.0.1")


def test_the_growth_is_that_of_the_second_half():
    lines = memory_table([(0, 100.0), (1000, 200.0), (2000, 250.0)]).splitlines()
    assert [line.split() for line in lines[1:4]] == [["0", "100", "MB"], ["1,000", "200", "MB"], ["2,000", "250", "MB"]]
    assert lines[-1] == "51.2 KB a session over the second half"


def test_memory_is_watched_while_visitors_ask():
    with memory_watched(os.getpid(), seconds=0.2, steps=10) as rows:
        time.sleep(0.1)
    assert 1 <= len(rows) <= 10
    assert all(megabytes > 1 for _, megabytes in rows)
    assert watched_table([(60.2, 812.4)]).splitlines()[1].split() == ["60", "s", "812", "MB"]


def test_nobody_answers(capsys: pytest.CaptureFixture[str]):
    assert main(["--url", f"http://127.0.0.1:{free_port()}/", "--visitors", "1"]) == 2
    assert "demo.bench: No app answers at http://127.0.0.1:" in capsys.readouterr().err


def test_a_running_app_is_measured(served: Served):
    asked = measure(served.address, visitors=3, seconds=2)
    assert len({each.kind for each in asked}) >= 1
    assert all(each.seconds > 0 for each in asked)
