"""How the inner loops of the searches are compiled: without the counting of references to arrays.

Numba counts a reference whenever an array is taken out of a tuple or given another name, with an instruction that
locks the bus; in loops of a few nanoseconds that was five sixths of the time. A loop that creates no array and returns
none has nothing to count, since its caller holds them all. Numba refuses to compile one that does create one.
"""

from __future__ import annotations

from typing import Any

import numba

_njit: Any = numba.njit  # its types do not know all of its options
_OPTIONS = {"cache": True, "nogil": True, "_nrt": False}

compiled = _njit(**_OPTIONS)
inlined = _njit(inline="always", **_OPTIONS)
# For loops that only compiled loops call: a door for Python would take as long to compile as the rest.
inner = _njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)
