"""How a report looks: the sheets of its medium, then its theme, then its brand.

A built-in theme is one style sheet, `themes/<name>.css`, that gives other values to the variables
of `report.css`; one of the user's own stands on a built-in one, and gives others again. The brand's
colour is put above both, made readable on the page of either scheme: docs/themes.md.
"""

from __future__ import annotations

import re
from functools import lru_cache

from reportgen.core.colours import readable
from reportgen.core.document import Document, Look
from reportgen.writers.pages.assets import stylesheet
from reportgen.writers.pages.variables import COLOURS, Scheme, sheet, written

PLAIN = "default"
WHITE = ("#fff", "#ffffff")
HUES = ("head", "link", "good", "bad")
"""Colours that mean something, and keep their hue in the dark."""
ACCENTED = ("head", "link")
"""What has the colour of a brand."""

_ROOT = re.compile(r":root\s*\{[^{}]*--paper[^{}]*\}")
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")


def style(document: Document, medium: str) -> str:
    """The style sheet of a document for `screen` or `print`, without its typefaces."""
    own = stylesheet(f"{medium}.css")
    if medium == "print":
        light, _ = schemes(document)
        own = _VARIABLE.sub(lambda found: light[found[1]], own)
        if light["paper"] not in WHITE:
            own += f"@page {{ background: {light['paper']} }}\n"
    return stylesheet("report.css") + own + theme(document.theme) + written(*changed(document))


def theme(name: str) -> str:
    """What a built-in theme adds; nothing for the default."""
    return "" if name == PLAIN else stylesheet(f"themes/{name}.css")


def schemes(document: Document) -> tuple[Scheme, Scheme]:
    """Every variable of a document with its value, in the light and in the dark scheme."""
    return schemes_of(document.theme, document.look, document.brand.accent)


def schemes_of(base: str, look: Look, accent: str = "") -> tuple[Scheme, Scheme]:
    """Every variable with its value, in the light and in the dark scheme of a theme."""
    (light, dark), (own, night) = builtin(base), changed_by(base, look, accent)
    return {**light, **own}, {**dark, **own, **night}


def changed(document: Document) -> tuple[Scheme, Scheme]:
    """What the user's own theme and brand give to variables, for light and for dark."""
    return changed_by(document.theme, document.look, document.brand.accent)


def changed_by(base: str, look: Look, accent: str) -> tuple[Scheme, Scheme]:
    """What a theme on a built-in one and a brand give to variables, for light and for dark.

    A colour given for the light scheme alone does not hold in the dark: there headings, links and
    verdicts have it as light as makes it readable, and any other is as in the built-in theme.
    """
    before, after = builtin(base)
    light, dark = dict(look.light), dict(look.dark)
    paper, night = light.get("paper", before["paper"]), dark.get("paper", after["paper"])
    for name in COLOURS:
        if name in light and name not in dark:
            dark[name] = readable(light[name], night) if name in HUES else after[name]
    if "section-rule" in light and "section-rule" not in dark:
        *line, colour = light["section-rule"].split(" ")
        colour = readable(colour, night) if colour.startswith("#") else colour
        dark["section-rule"] = " ".join((*line, colour))
    if accent:
        light |= dict.fromkeys(ACCENTED, readable(accent, paper))
        dark |= dict.fromkeys(ACCENTED, readable(accent, night))
    return light, dark


@lru_cache(maxsize=16)
def builtin(name: str) -> tuple[Scheme, Scheme]:
    """Every variable of a built-in theme with its value, in the light and in the dark scheme."""
    plain = [sheet(_root(file), file).light for file in ("report.css", "screen.css")]
    own = sheet(theme(name), f"themes/{name}.css")
    light = {**plain[0], **own.light}
    return light, {**light, **plain[1], **own.dark}


def _root(file: str) -> str:
    """The rule of a sheet that gives variables their values; the first where there are two."""
    found = _ROOT.search(stylesheet(file))
    assert found is not None  # the sheets are ours, and a test reads them
    return found[0]
