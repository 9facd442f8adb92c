"""`png`: the figures of a report as images."""

from __future__ import annotations

from base64 import b64encode

from reportgen.core.document import Figure
from reportgen.writers.png import Png


def test_files_are_numbered_as_in_the_report(demo):
    """Each figure's image stands beside its SVG, under the same name."""
    image = b64encode(b"\x89PNG").decode()
    parts = [Figure("forest", "<svg/>", "", png=image), Figure("qq", "<svg/>", "", png=image)]
    files = Png().files(demo.document(*parts))
    assert files == {"figures/01-forest.png": b"\x89PNG", "figures/02-qq.png": b"\x89PNG"}
