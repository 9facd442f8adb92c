"""Two folders change places in one step, where the system can: no moment shows half of each."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = -100
"""Linux's AT_FDCWD: paths are told from the current folder."""

EXCHANGE = 2
"""RENAME_EXCHANGE on Linux, RENAME_SWAP on macOS."""


def swap(one: Path, other: Path) -> bool:
    """Give each of two folders of one file system the name of the other.

    False where the system or the file system cannot do it; both are then as they were.
    """
    try:
        import ctypes

        library = ctypes.CDLL(None)
        first, second = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            return bool(library.renamex_np(first, second, EXCHANGE) == 0)
        return bool(library.renameat2(HERE, first, HERE, second, EXCHANGE) == 0)
    except (ImportError, AttributeError, OSError, TypeError):  # another system, an older library
        return False
