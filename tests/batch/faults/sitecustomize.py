"""Faults that strike a process which reads a job's orders: Python loads this where the folder is on PYTHONPATH.

The name of the file tells what happens, once a worker has it in its temporary folder: the process is killed by a
segmentation fault, ends by itself, is killed as the kernel kills for want of memory, or asks for more than there is.
"""

import os
import signal
import sys
import time


def _segfault() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(60)


def _killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def _exit() -> None:
    os._exit(3)


def _hog() -> None:
    bytearray(1 << 50)


FAULTS = {"segfault.csv": _segfault, "killed.csv": _killed, "exit.csv": _exit, "hog.csv": _hog}


def _strike(event: str, arguments: tuple) -> None:  # type: ignore[type-arg]
    if event == "open" and isinstance(arguments[0], str) and "planner-batch-" in arguments[0]:
        folder, _, name = arguments[0].rpartition("/")
        if name in FAULTS and folder.endswith("orders") and arguments[1] == "r":
            FAULTS[name]()


sys.addaudithook(_strike)
