"""How a report looks: the sheets of its medium, then its theme, then its brand.

A theme is one style sheet, `themes/<name>.css`, that gives other values to the variables of
`report.css`; what it may change is in docs/themes.md. The brand's colour is put above the theme's,
made readable on the paper of either scheme.
"""

from __future__ import annotations

import re

from reportgen.core.colours import readable
from reportgen.core.document import Document
from reportgen.writers.assets import stylesheet

PLAIN = "default"
_PAPER = re.compile(r"--paper:\s*(#\w+)")


def style(document: Document, medium: str) -> str:
    """The style sheet of a document for `screen` or `print`, without its typefaces."""
    base = stylesheet("report.css") + stylesheet(f"{medium}.css")
    return base + theme(document.theme) + branded(document.brand.accent)


def theme(name: str) -> str:
    """What a theme adds; nothing for the default."""
    return "" if name == PLAIN else stylesheet(f"themes/{name}.css")


def branded(accent: str) -> str:
    """The variables that the brand's colour decides, for light and for dark."""
    if not accent:
        return ""
    light, dark = (readable(accent, paper) for paper in papers())
    return (
        f":root {{ --head: {light}; --link: {light}; }}\n"
        "@media screen and (prefers-color-scheme: dark) "
        f"{{ :root {{ --head: {dark}; --link: {dark}; }} }}\n"
    )


def papers() -> tuple[str, str]:
    """The colour of the page in the light and in the dark scheme."""
    light = _PAPER.search(stylesheet("report.css"))
    dark = _PAPER.search(stylesheet("screen.css"))
    assert light is not None  # the sheets are ours, and a test reads them
    assert dark is not None
    return light[1], dark[1]
