"""A browser session without a browser: speaks Streamlit's own messages over one WebSocket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

STREAMLIT = Subprotocol("streamlit")


@contextmanager
def light_client(address: str, *, page: str = "", query: str = "") -> Iterator[Callable[[], float]]:
    """Open a session; what is yielded lets its page run once, and returns the seconds until it is done."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = page
    url = f"ws://{urlsplit(address).netloc}/_stcore/stream"
    with connect(url, origin=Origin(address), subprotocols=[STREAMLIT], max_size=None, open_timeout=30) as socket:

        def run() -> float:
            begun = time.perf_counter()
            socket.send(message.SerializeToString())
            while True:
                data = socket.recv(timeout=60)
                assert isinstance(data, bytes)
                answer = ForwardMsg()
                answer.ParseFromString(data)
                if answer.WhichOneof("type") == "script_finished":
                    return time.perf_counter() - begun

        yield run
