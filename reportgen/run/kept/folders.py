"""Where things are kept between builds: outside every project, in the user's own cache folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """REPORTGEN_CACHE, else `reportgen` in XDG_CACHE_HOME, else in ~/.cache. It need not exist.

    None for a user who has no home, as in some containers: then nothing is kept.
    """
    own = environment.get("REPORTGEN_CACHE")
    if own:
        return Path(own)
    base = environment.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "reportgen"
    except RuntimeError:
        return None
