"""The drawing library, loaded when the first figure is drawn, and its settings.

matplotlib reads a file `matplotlibrc` in the current folder when it is imported, and a spec's
folder may hold one: so it is imported away from there, and draws with its defaults and ours alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.blocks.plots import style
from reportgen.core.fonts import SANS, font_file

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

FALLBACK = "DejaVu Sans"
"""Comes with matplotlib: signs that the report's own typeface lacks."""

_OURS: dict[RcKeyType, Any] = {
    "font.family": [SANS, FALLBACK],
    "font.size": style.FONT,
    "text.color": style.INK,
    "text.parse_math": False,  # a label with two dollar signs is no formula
    "axes.edgecolor": style.INK,
    "axes.labelcolor": style.INK,
    "axes.linewidth": 0.7,
    "xtick.color": style.INK,
    "ytick.color": style.INK,
    "svg.fonttype": "path",
    "svg.hashsalt": "reportgen",
    "path.simplify": True,
}


@contextmanager
def settings() -> Iterator[None]:
    """Within: matplotlib's defaults with ours on top, whatever was set before."""
    _load()
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_OURS)
        yield


@cache
def _load() -> None:
    if "matplotlib" in sys.modules:
        _register()
        return
    with chdir(Path(__file__).parent), _undocumented():
        _register()
        import matplotlib.figure  # noqa: F401


@contextmanager
def _undocumented() -> Iterator[None]:
    """Within: classes of matplotlib are made without lists of their properties in docstrings.

    To write them takes a fifth of its import, and nobody reads them here.
    """
    from matplotlib import artist

    written = artist.kwdoc
    artist.kwdoc = lambda artist: ""
    try:
        yield
    finally:
        artist.kwdoc = written


def _register() -> None:
    from matplotlib.font_manager import fontManager

    for face in ("Regular", "Semibold"):
        fontManager.addfont(font_file(SANS, face))
