"""Who a runner is, so that another one can tell whether it still lives."""

from __future__ import annotations

import os
import platform
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
NAMES = Path("/proc/self/ns/pid")  # within which a process has its number


def this_owner() -> str:
    """Return the name of this process among all machines and times."""
    return f"{_machine()}|{os.getpid()}|{_born(os.getpid())}"


def is_gone(name: str) -> bool:
    """Tell whether a runner on this machine has ended; of those elsewhere nobody here can say."""
    machine, pid, born = name.split("|")
    return machine == _machine() and born != "" and _born(int(pid)) != born


def _machine() -> str:
    try:
        return f"{platform.node()}/{BOOT.read_text(encoding='ascii').strip()}/{NAMES.stat().st_ino}"
    except OSError:  # not Linux: a lease has to run out
        return platform.node()


def _born(pid: int) -> str:
    """Return when a process began, in ticks since the machine did; empty where there is none (proc(5), field 22)."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = told.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[22 - 3]
