"""Questions to a Dask scheduler that may hang: who waits for the answer hears the user, and not for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import wait
from typing import Any

from distributed import Client

from planner import interrupt

SLICE_S = 0.5  # between two looks whether the user wants to stop


def ask(client: Client, method: Callable[[], Any], *, within_s: float) -> Any:
    """Return what a method of the client returns. Raises `TimeoutError`, and whatever the method raises.

    Called from here, the method would wait as long as the network does, minutes, and hear no signal that is put off.
    Called in the client's own loop, it gives something to await.
    """

    async def asked() -> Any:
        answer: Awaitable[Any] = method()
        return await answer

    future, until_s = asyncio.run_coroutine_threadsafe(asked(), client.loop.asyncio_loop), time.monotonic() + within_s
    try:
        while not wait([future], timeout=SLICE_S).done:
            interrupt.check()
            if time.monotonic() > until_s:
                raise TimeoutError
        return future.result()
    finally:
        future.cancel()
