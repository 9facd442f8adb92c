"""From paint to bytes: drawings as images, made where they are wanted."""

from __future__ import annotations

import struct

from reportgen.blocks.plots.figure import SHARP, draw, pictures
from reportgen.blocks.plots.style import WIDTH


def paint(sheet):
    axes = sheet.add_axes((0.1, 0.1, 0.8, 0.8))
    axes.plot([1, 2, 3], [2, 1, 3])


def drawn(*, wanted=True):
    with pictures(wanted=wanted) as taken:
        svg = draw(paint, 2.0)
    return svg, taken


def test_a_picture_for_each_drawing():
    """The image is as wide as the text, 300 dots an inch, and its bytes are always the same."""
    (_, first), (_, second) = drawn(), drawn()
    assert len(first) == 1
    assert first == second
    assert first[0].startswith(b"\x89PNG")
    width, height = struct.unpack(">II", first[0][16:24])
    assert 0.7 * WIDTH * SHARP < width < 1.05 * WIDTH * SHARP
    assert height < width


def test_no_picture_where_none_is_wanted():
    """The drawing is the same with and without."""
    (svg, taken), (other, _) = drawn(wanted=False), drawn()
    assert taken == []
    assert svg == other
