"""A stop that the user asks for is met, wherever it finds the program."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator

import pytest

from planner import interrupt


@pytest.fixture(autouse=True)
def listening() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in interrupt.SIGNALS}
    interrupt.listen()
    yield
    interrupt.listen()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", interrupt.SIGNALS)
def test_a_stop_ends_what_is_done_at_once(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_stop_that_python_swallows_is_met_at_the_next_look() -> None:
    def collected(_phase: str, _info: dict[str, int]) -> None:
        gc.callbacks.remove(collected)
        signal.raise_signal(signal.SIGTERM)

    gc.callbacks.append(collected)
    gc.collect()  # Python drops what a callback raises
    with pytest.raises(KeyboardInterrupt):
        interrupt.check()


def test_a_stop_that_is_put_off_waits_for_the_next_look_and_a_second_one_cuts_no_saving_short() -> None:
    saved = []

    def work() -> None:
        try:
            with interrupt.put_off():
                signal.raise_signal(signal.SIGTERM)
                saved.append("the job at hand")
                interrupt.check()
                saved.append("the next job")
        finally:
            signal.raise_signal(signal.SIGINT)
            saved.append("the tables")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert saved == ["the job at hand", "the tables"]


def test_an_answered_stop_stops_nothing_more_and_the_next_one_does() -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    interrupt.answered()
    interrupt.check()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
