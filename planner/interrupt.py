"""The user's wish to stop, by Ctrl-C or SIGTERM, in such a way that it is not lost.

Python raises `KeyboardInterrupt` at whatever the main thread does at that moment. In a callback of the garbage
collector, or in the import of a native module, it is swallowed. So the wish is remembered too, and what waits for long
asks for it with `check`.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Wish:
    asked = False
    put_off = False


def listen() -> None:
    """Let the signals raise `KeyboardInterrupt`, and be remembered, from now on. For a main thread."""
    _Wish.asked = _Wish.put_off = False
    for number in SIGNALS:
        signal.signal(number, _hear)


def _hear(_number: int, _frame: FrameType | None) -> None:
    _Wish.asked = True
    if not _Wish.put_off:
        raise KeyboardInterrupt


def asked() -> bool:
    """Tell whether the user has asked to stop, and nobody has answered."""
    return _Wish.asked


def check() -> None:
    """Raise `KeyboardInterrupt` if the user has asked to stop, and nobody has answered."""
    if _Wish.asked:
        raise KeyboardInterrupt


def answered() -> None:
    """Note that the wish is being met: what there is so far is finished and kept."""
    _Wish.asked = False


@contextmanager
def put_off() -> Iterator[None]:
    """Let only `check` raise within the block, so that nothing is cut short anywhere else.

    Where it has raised, that stays so: what is saved from there on is not to be cut short by a second signal.
    """
    before, _Wish.put_off = _Wish.put_off, True
    try:
        yield
    except KeyboardInterrupt:
        before = True
        raise
    finally:
        _Wish.put_off = before
