"""What readers with other senses, other screens and other programs get of a page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from reportgen.core.colours import AA, contrast
from reportgen.writers.html import Html
from reportgen.writers.pages.assets import stylesheet

TEXT = ("ink", "head", "soft", "faint", "link", "good", "bad")
"""The colours that words are set in; `rule` and `hair` only draw lines."""


def variables(css: str) -> list[dict[str, str]]:
    """Every `:root { … }` of a style sheet that defines colours."""
    blocks = re.findall(r":root\s*\{([^}]*)\}", css)
    found = [dict(re.findall(r"--(\w+):\s*(#\w+)", block)) for block in blocks]
    return [block for block in found if block]


@pytest.mark.parametrize("sheet", ["report.css", "screen.css"])
def test_every_colour_of_text_can_be_read(sheet: str) -> None:
    """In the light scheme, in the dark one, and printed: AA against the page."""
    schemes = variables(stylesheet(sheet))
    assert schemes
    weak = [
        (name, scheme[name], scheme["paper"])
        for scheme in schemes
        for name in TEXT
        if contrast(scheme[name], scheme["paper"]) < AA
    ]
    assert not weak


@pytest.mark.parametrize("name", ["apa", "ama", "lancet", "nejm"])
def test_every_theme_can_be_read(name: str) -> None:
    """Whatever a theme changes, light and dark, and what it leaves as it is."""
    plain = variables(stylesheet("report.css"))[0], variables(stylesheet("screen.css"))[0]
    changed = variables(stylesheet(f"themes/{name}.css"))
    assert len(changed) == 2
    for base, own in zip(plain, changed, strict=True):
        scheme = base | own
        assert {key for key in TEXT if contrast(scheme[key], scheme["paper"]) < AA} == set()


def test_the_dark_scheme_changes_every_colour() -> None:
    """One that it forgot would be dark on dark."""
    light = variables(stylesheet("report.css"))[0]
    dark, printed = variables(stylesheet("screen.css"))
    assert set(dark) == set(light)
    assert printed == light


def test_colours_in_margins_of_paper_can_be_read() -> None:
    """Header and foot are set in colours of text, which can be read in every theme."""
    colours = re.findall(r"color:\s*([^;}]+)", stylesheet("print.css"))
    assert colours
    assert set(colours) <= {f"var(--{name})" for name in TEXT}


def page_of(demo: ModuleType) -> str:
    return Html().render(demo.document()).decode("utf-8")


def test_every_figure_has_a_text_alternative(demo: ModuleType) -> None:
    """The drawing is one image with a name, in a region with a name."""
    page = page_of(demo)
    figures = re.findall(r'<figure class="plot".*?</figure>', page, re.DOTALL)
    assert figures
    for figure in figures:
        assert len(re.findall(r'role="img" aria-label="[^"]{20,}"', figure)) == 1
        assert re.search(r'role="region" tabindex="0" aria-label="Figure \d"', figure)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 500)])
def test_axe_finds_nothing(
    demo: ModuleType, browser: ModuleType, tmp_path: Path, scheme: str, width: int
) -> None:
    """axe-core, all its rules: no violation at all, wide and narrow, light and dark."""
    source = json.dumps(browser.axe()).replace("</", "<\\/")
    question = (
        f"(0, eval)({source}), axe.run(document, {{resultTypes: ['violations']}})"
        ".then(found => found.violations.map(each => [each.impact, each.id, each.nodes[0].html]))"
    )
    assert browser.asked(page_of(demo), question, tmp_path, scheme, width) == []


def test_a_table_that_is_copied_holds_numbers(
    demo: ModuleType, browser: ModuleType, tmp_path: Path
) -> None:
    """A tab between cells, as many cells in every row of the body, and no blank that only aligns
    or words that only a screen reader is told.
    """
    page = Html().render(demo.document(demo.compare(2))).decode("utf-8")
    question = (
        "(getSelection().selectAllChildren(document.querySelector('tbody')), "
        "getSelection().toString())"
    )
    rows = browser.asked(page, question, tmp_path).rstrip("\n").split("\n")
    cells = [[cell.strip(" ") for cell in row.split("\t")] for row in rows]
    assert ["Age (years)", "0.479", "0.013", "0.474", "0.018", "1.38"] in cells
    assert ["Male", "3.67", "0.45", "3.65", "0.45", "1.00"] in cells
    assert {len(row) for row in cells} == {6}
    text = "\n".join(rows)
    assert not re.search("[\u2007\u2008]|not in this model|not defined", text)
