"""Memory that is free again is kept for what comes next, not handed back to the system.

Partitions follow one another in arrays of about the same sizes.  On Linux the C library hands each
large one back when it is done with, and the next is made of new pages, which the system has to find
and to clear: a tenth of a long run.
"""

from __future__ import annotations

import os
import sys

_KEEP = 1 << 30
"""Bytes that may lie free before any are handed back."""

_SEPARATE = 1 << 25
"""Bytes from which an array has pages of its own, the most that the library allows."""


def keep_what_is_free() -> None:
    """Asks the C library to keep free memory, where it is one that can; for whole processes."""
    if sys.platform != "linux":
        return
    import ctypes  # few commands come to evaluate

    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return
    trim_threshold, mmap_threshold = -1, -3
    library.mallopt(mmap_threshold, _SEPARATE)
    library.mallopt(trim_threshold, _KEEP)
    # what reads and writes Parquet has a store of its own unless it is told to use this one
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
