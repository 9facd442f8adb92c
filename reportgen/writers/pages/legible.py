"""Whether text can be read in the colours that a theme and a brand give (WCAG 2.2, AA)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reportgen.core.colours import AA, contrast
from reportgen.core.document import Look
from reportgen.core.errors import Place, Problem
from reportgen.writers.pages.theme import changed_by, schemes_of
from reportgen.writers.pages.variables import TEXT

Places = Mapping[tuple[str, str], Place]
"""("light" or "dark", variable) → where its value stands."""

LEAST = f"{AA} is the least (WCAG 2.2, AA)"


def pale(base: str, look: Look, places: Places) -> tuple[Problem, ...]:
    """A warning for each colour in which text has too little contrast, at its place, or at that of
    the page's colour where the theme gave only that.
    """
    return tuple(_pale(base, look, places))


def _pale(base: str, look: Look, places: Places) -> Iterator[Problem]:
    for scheme, values in zip(("light", "dark"), schemes_of(base, look), strict=True):
        for name in TEXT:
            place = places.get((scheme, name)) or places.get((scheme, "paper"))
            ratio = contrast(values[name], values["paper"])
            if place and ratio < AA:
                message = (
                    f"text in `--{name}` ({values[name]}) has a contrast of {_shown(ratio)} with "
                    f"the page ({values['paper']}) in the {scheme} scheme; {LEAST}"
                )
                help_ = (
                    "choose a darker one" if _bright(values["paper"]) else "choose a lighter one"
                )
                yield Problem("contrast", message, help=help_, place=place, severity="warning")


def pale_accent(base: str, look: Look, accent: str) -> Problem | None:
    """A warning for the colour of a brand that cannot be read on paper as it is."""
    if not accent:
        return None
    paper = schemes_of(base, look)[0]["paper"]
    ratio = contrast(accent, paper)
    if ratio >= AA:
        return None
    shown = changed_by(base, look, accent)[0]["head"]
    message = (
        f"text in the brand's {accent} has a contrast of {_shown(ratio)} with the page ({paper}); "
        f"{LEAST}, so headings and links are set in {shown}"
    )
    help_ = "choose a colour that can be read, and no other is put in its place"
    return Problem("contrast", message, help=help_, severity="warning")


def _shown(ratio: float) -> str:
    """A contrast rounded so that it never seems to be enough."""
    return f"{int(ratio * 100) / 100:.2f}"


def _bright(paper: str) -> bool:
    return contrast(paper, "#000") > contrast(paper, "#fff")
