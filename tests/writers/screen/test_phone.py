"""A page on a phone: nothing makes the page scroll sideways, and figures are seen whole."""

from __future__ import annotations

from html import escape
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from reportgen.blocks.plots.style import FONT
from reportgen.writers.html import Html

LEAST = 6.7
"""Pixels of the text of a figure; phones have two or three dots to each."""

SEEN = """new Promise(done => {
  const frame = document.querySelector('iframe');
  const look = () => {
    const page = frame.contentDocument, root = page.documentElement;
    const boxes = selector => [...page.querySelectorAll(selector)];
    done({
      width: frame.contentWindow.innerWidth, page: root.scrollWidth,
      figures: boxes('figure.plot .scroll').map(box => ({
        seen: box.clientWidth, whole: box.scrollWidth,
        scale: box.querySelector('svg').getBoundingClientRect().width /
          (parseFloat(box.querySelector('svg').getAttribute('width')) * 4 / 3),
      })),
      tables: boxes('figure.table .scroll').map(box => [box.clientWidth, box.scrollWidth]),
    });
  };
  if (frame.contentDocument && frame.contentDocument.querySelector('.made')) look();
  else frame.onload = look;
})"""


def seen(browser: ModuleType, page: str, folder: Path, width: int) -> dict[str, Any]:
    """What is as wide as it is, in a frame (no window of Chromium is as narrow as a phone) that is
    as high as the page: a phone has no bar beside it.
    """
    style = f"border:0;width:{width}px;height:20000px"
    frame = f'<iframe style="{style}" srcdoc="{escape(page, quote=True)}"></iframe>'
    found: dict[str, Any] = browser.asked(f"<html><body>{frame}</body></html>", SEEN, folder)
    assert found["width"] == width
    return found


@pytest.mark.parametrize("width", [360, 768])
def test_nothing_scrolls_but_tables_in_their_boxes(
    demo: ModuleType, browser: ModuleType, tmp_path: Path, width: int
) -> None:
    """The page is as wide as the screen; figures are whole, and their text is not too small."""
    page = Html().render(demo.document()).decode("utf-8")
    found = seen(browser, page, tmp_path, width)
    assert found["page"] <= width
    assert len(found["figures"]) == 2
    for figure in found["figures"]:
        assert figure["whole"] <= figure["seen"]
        assert figure["scale"] * FONT * 4 / 3 >= LEAST
    assert all(box <= width for box, _ in found["tables"])
    assert any(whole > box for box, whole in found["tables"])  # the widest does need its box
