"""From a function that paints to an SVG that is the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from reportgen.blocks.plots.library import settings
from reportgen.blocks.plots.style import PAPER, WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RASTER = 200
"""Dots an inch of what is drawn as an image inside the SVG: clouds of points."""

SHARP = 300
"""Dots an inch of a figure that is an image as a whole, as journals ask for."""

Pictures = list[bytes]
_TAKEN: ContextVar[Pictures | None] = ContextVar("pictures", default=None)

_UNSEEN = re.compile(r"<!--.*?-->\s*|<metadata>.*?</metadata>\s*|<style.*?</style>\s*", re.DOTALL)
_NAMED = re.compile(r'(\bid="|\bhref="#|url\(#)')


@contextmanager
def pictures(*, wanted: bool) -> Iterator[Pictures]:
    """Within, where they are wanted: each drawing is kept as PNG as well, in the order of drawing.

    They are as large as the SVG, white behind, and the same calls give the same bytes.
    """
    taken: Pictures = []
    token = _TAKEN.set(taken if wanted else None)
    try:
        yield taken
    finally:
        _TAKEN.reset(token)


def draw(paint: Callable[[Figure], None], height: float) -> str:
    """The `<svg>` element of what `paint` puts on a sheet of `height` inches and the text's width.

    It is cut or grown to what was painted, so that nothing is cut off; its background is
    transparent. Text is drawn as outlines. All ids begin with a digest of the drawing, so that
    many figures can stand in one page. The same calls give the same bytes.
    """
    with settings():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH, height))
        paint(figure)
        buffer = StringIO()
        figure.savefig(
            buffer,
            format="svg",
            transparent=True,
            dpi=RASTER,
            bbox_inches="tight",
            pad_inches=0.02,
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
        if (taken := _TAKEN.get()) is not None:
            taken.append(_picture(figure))
    return bare(buffer.getvalue())


def _picture(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(
        buffer, format="png", facecolor=PAPER, dpi=SHARP, bbox_inches="tight", pad_inches=0.02,
        metadata={"Software": None},
    )  # fmt: skip
    return buffer.getvalue()


def bare(svg: str) -> str:
    """The `<svg>` element alone: no prolog, comment, metadata or style sheet; ids made its own."""
    element = _UNSEEN.sub("", svg[svg.index("<svg") :]).strip()
    # What matplotlib's style sheet said, for this drawing only.
    element = element.replace("<svg", '<svg stroke-linejoin="round" stroke-linecap="butt"', 1)
    name = sha256(element.encode()).hexdigest()[:8]
    return _NAMED.sub(rf"\1f{name}-", element)
