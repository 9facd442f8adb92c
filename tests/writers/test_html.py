"""The HTML page: complete, safe, and the same every time."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from types import ModuleType

import pytest

from reportgen.core.document import Heading, PageBreak, Text
from reportgen.core.errors import DocumentError
from reportgen.writers.html import Html

MADE_FROM = "made from nhanes.yaml"
VOID = {"meta", "br", "hr", "img", "input", "link", "col"}
HOSTILE = "\"><script>alert(1)</script>\u202e'{{ 7*7 }}"


class Outline(HTMLParser):
    """Every element in order, having checked that all are closed in the order they were opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def span(attributes: str) -> int:
    found = re.search(r'colspan="(\d+)', attributes)
    return int(found[1]) if found else 1


def render(document: object) -> str:
    return Html().render(document).decode("utf-8")  # type: ignore[arg-type]


@pytest.fixture
def html(demo: ModuleType) -> str:
    """The whole demonstration."""
    return render(demo.document())


def test_the_page_holds_all_it_needs(html: str) -> None:
    """Nothing is loaded from elsewhere, nothing runs, and the browser is told so."""
    elements = Outline(html).elements
    assert not {"script", "link", "iframe", "object", "img"} & {tag for tag, _ in elements}
    assert not any(name.startswith("on") for _, attributes in elements for name in attributes)
    policy = next(a for t, a in elements if t == "meta" and "http-equiv" in a)
    assert policy["content"].startswith("default-src 'none';")  # type: ignore[union-attr]
    assert set(re.findall(r"url\((?!#)([a-z]+:)", html)) == {"data:"}
    assert "@import" not in html


def test_every_id_is_there_once_and_every_link_finds_it(html: str) -> None:
    """Sections, tables, figures and the parts of drawings have names of their own."""
    elements = Outline(html).elements
    ids = Counter(a["id"] for _, a in elements if "id" in a)
    assert max(ids.values()) == 1
    links = [a["href"] or "" for _, a in elements if "href" in a]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


def test_headings_leave_no_level_out(demo: ModuleType) -> None:
    """A subsection without a section, and headings inside a text, still make one outline."""
    text = Text("# inside\n\n#### deep")
    parts = (Heading(2, "First"), text, Heading(1, "Second"), Heading(2, "Third"), text)
    elements = Outline(render(demo.document(*parts))).elements
    levels = [int(tag[1]) for tag, _ in elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_and_figures_are_numbered_in_their_order(html: str) -> None:
    """A table's caption stands above its rows, a figure's below the drawing."""
    labels = re.findall(r"<b>((?:Table|Figure) \d)\.</b>", html)
    assert labels == ["Table 1", "Table 2", "Figure 1", "Table 3", "Figure 2"]
    table = html[html.index('id="linear"') :]
    assert table.index("<caption") < table.index("<tbody")
    plot = html[html.index('id="estimates"') :]
    assert plot.index("<svg") < plot.index("<figcaption")


def test_header_cells_say_what_they_head(html: str) -> None:
    """Every column, spanner and row has a header with its scope; every row begins with one."""
    elements = Outline(html).elements
    scopes = {a.get("scope") for tag, a in elements if tag == "th"}
    assert scopes == {"col", "colgroup", "row"}
    body = html[html.index("<tbody>") :]
    assert all(row.startswith("<th") for row in re.findall(r"<tr class[^>]*>(<..)", body))


def test_rows_are_as_wide_as_the_header(html: str) -> None:
    """Each row of a table fills the same number of columns."""
    for table in re.findall(r"<table>.*?</table>", html, re.DOTALL):
        rows = re.findall(r"<tr class=.*?</tr>", table, re.DOTALL)
        widths = {
            len(re.findall(r"<t[hd]", row))
            - 1
            + int((re.findall(r'colspan="(\d+)', row) or [1])[0])
            for row in rows
        }
        assert len(widths) == 1 or not rows


def test_a_figure_speaks(html: str, demo: ModuleType) -> None:
    """The drawing is an image whose label is the text written from its numbers."""
    images = [a["aria-label"] for _, a in Outline(html).elements if a.get("role") == "img"]
    assert images == [demo.figure().alt] * 2


def test_whatever_is_hostile_is_shown(demo: ModuleType) -> None:
    """Titles, names, captions, labels, notes and prose are text, wherever they stand."""
    table = replace(demo.compare(), caption=HOSTILE, stub=HOSTILE, notes=(HOSTILE,))
    blocks = tuple(
        replace(block, title=HOSTILE, rows=tuple(replace(r, label=HOSTILE) for r in block.rows))
        for block in table.blocks
    )
    columns = tuple(replace(column, label=HOSTILE, spanner=HOSTILE) for column in table.columns)
    plot = replace(demo.figure(), alt=HOSTILE, caption=HOSTILE, notes=(HOSTILE,))
    parts = (
        Heading(1, HOSTILE),
        Text(HOSTILE),
        replace(table, blocks=blocks, columns=columns),
        plot,
        replace(demo.FAILS, claim=HOSTILE, shown=HOSTILE),
    )
    page = render(
        demo.document(*parts, title=HOSTILE, subtitle=HOSTILE, authors=(HOSTILE,), abstract=HOSTILE)
    )
    elements = Outline(page).elements
    assert "script" not in {tag for tag, _ in elements}
    assert "\u202e" not in page
    assert page.count("\\u202e") > 20
    shown = re.sub(r' style="[^"]*"', "", page[page.index("<body") :])
    assert "49" not in shown.replace("5,149", "")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path d="M 0 0" onload="alert(1)"/>',
        '<image href="http://evil.org/a.png"/>',
        '<image href="file:///etc/passwd"/>',
        '<use href="other.svg#a"/>',
        '<rect style="fill: url(http://evil.org)"/>',
        '<rect style="fill: u\\72l(http://evil.org)"/>',
        "<foreignObject><b>x</b></foreignObject>",
        "<unclosed>",
    ],
)
def test_a_drawing_only_draws(demo: ModuleType, inside: str) -> None:
    """A figure with a script, a handler or an address is refused, and named."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    with pytest.raises(DocumentError, match="`forest` plot"):
        render(demo.document(demo.figure(drawn=svg)))


def test_a_drawing_keeps_its_own_references(demo: ModuleType) -> None:
    """Clip paths and markers of two figures with the same ids stay apart, and stay used."""
    page = render(demo.document(demo.figure("a"), demo.figure("b")))
    for name in ("1f", "2f"):
        assert f'clip-path="url(#{name}-p1)"' in page
        assert f'href="#{name}-m1"' in page
        assert f'id="{name}-p1"' in page


def test_a_link_to_nowhere_is_an_error(demo: ModuleType) -> None:
    """A text that refers to a table the report does not have is not published."""
    with pytest.raises(DocumentError, match="`#tabel-1`") as caught:
        render(demo.document(Text("See [Table 1](#tabel-1).")))
    assert caught.value.problems[0].code == "unknown-anchor"


def test_contents_come_with_length(demo: ModuleType) -> None:
    """Five sections have contents, four have none."""
    four = tuple(Heading(1, f"Section {i}") for i in range(4))
    assert "<nav" not in render(demo.document(*four))
    page = render(demo.document(*four, Heading(1, "Größe & Maß")))
    assert '<a href="#größe-maß">Größe &amp; Maß</a>' in page


def test_sections_of_one_name_have_different_anchors(demo: ModuleType) -> None:
    """Also where an author's own id is the name that a section would get."""
    parts = (Heading(1, "Results"), Heading(1, "Results"), demo.figure("results"))
    page = render(demo.document(*parts))
    assert re.findall(r'id="(results[^"]*)"', page) == ["results-2", "results-3", "results"]


def test_a_failed_claim_is_said_before_the_first_number(demo: ModuleType) -> None:
    """The top of the page tells how many claims fail; a report whose claims hold tells nothing."""
    page = render(demo.document(demo.HOLDS, demo.FAILS))
    assert page.index("1 of 2 claims does not hold") < page.index("<main>")
    assert '<p class="alert">' not in render(demo.document(demo.HOLDS))


def test_the_last_section_says_how_it_was_made(html: str, demo: ModuleType) -> None:
    """Versions, digests, seeds, parameters and the number of warnings are all there."""
    made = html[html.index('class="made"') :]
    for fact in (
        demo.BUILD.spec_sha256, demo.BUILD.git, demo.NHANES.sha256, demo.BUILD.results_digest,
        "wave = 2015-2016", "nhanes.noise = 20162016", "statsmodels 0.15.0", "<dd>1</dd>",
        "5,102 of 5,735 rows used",
    ):  # fmt: skip
        assert fact in made


def test_the_line_below_the_title(html: str) -> None:
    """The date in words, who was analysed, and the spec."""
    line = re.sub(r"\n|<[^>]+>", "", html[html.index('class="line">') + 13 :].split("</p>")[0])
    assert line.split(" · ") == ["23 November 2026", "5,102 observations, 30 clusters", MADE_FROM]


def test_fonts_are_cut_down_to_what_the_page_uses(demo: ModuleType, html: str) -> None:
    """A page with emphasis carries its face; one without does not; none is large."""
    plain = render(demo.document(Text("No emphasis here.")))
    assert html.count("@font-face") == 6
    assert plain.count("@font-face") == 4 - ("<strong>" not in plain)
    assert len(html) < 200_000


def test_the_same_document_gives_the_same_bytes(demo: ModuleType) -> None:
    """Nothing of the clock or of memory is in the page."""
    first = Html().render(demo.document())
    from reportgen.writers.pages import faces

    faces._subset.cache_clear()
    assert Html().render(demo.document()) == first


def test_no_pdf_library_is_needed(demo: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTML is written on a machine without Pango."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert render(demo.document(Text("a"), PageBreak())).startswith("<!DOCTYPE html>\n<html lang=")
