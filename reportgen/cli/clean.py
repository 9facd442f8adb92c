"""`reportgen clean`: empty the cache."""

from __future__ import annotations

import os
from argparse import Namespace

from reportgen.core.numbers import count
from reportgen.run.kept.cache import Cache
from reportgen.run.kept.folders import cache_folder


def run(options: Namespace) -> int:
    """Remove every kept result; downloaded data stay unless they are asked for."""
    folder = cache_folder(os.environ)
    cache = Cache(folder)
    entries, size = cache.size()
    cache.clear()
    where = folder or "no cache"
    print(f"{where}: {count(entries)} entries removed, {count(size)} bytes")
    return 0
