"""Where things are kept between builds: outside every project, in the user's own cache folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def cache_folder(environment: Mapping[str, str]) -> Path:
    """REPORTGEN_CACHE, else `reportgen` in XDG_CACHE_HOME, else in ~/.cache. It need not exist."""
    own = environment.get("REPORTGEN_CACHE")
    if own:
        return Path(own)
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "reportgen"
