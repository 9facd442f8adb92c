"""Drawings of a page on paper are kept beside it."""

from __future__ import annotations

from types import SimpleNamespace as Names

from reportgen.writers.pages.apart import apart
from reportgen.writers.paper.measure import rearranged


def page(items):
    """A page of `items`, as far as what is tested looks at it."""
    from reportgen.core.document import Build, Document
    from reportgen.core.words import load
    from reportgen.writers.pages.page import Page

    build = Build(
        versions={}, spec_name="s.yaml", spec_sha256="", spec_text="", git=None, created=""
    )
    return Page(
        Document("t", build=build, parts=()), load("en"), "print", items, "", (), (), "", "", ()
    )


def figure(svg):
    from reportgen.writers.pages.page import Item

    return Item("figure", "f", label="Figure 1", alt='a "b" & c', html=svg)


def test_drawings_stand_beside_the_page():
    """Each is named where it stood; the text that templates make of the page asks for it there."""
    drawn = ('<svg width="1pt"><path d="M0 0"/></svg>', '<svg width="2pt"/>')
    made = apart(page(tuple(map(figure, drawn))))
    held = [item.html for item in made.page.items]
    assert all("path" not in each and len(each) < 60 for each in held)
    text = made.outside(f"<main>{held[1]}<p>between</p>{held[0]}</main>")
    second, first = (
        f'<img class="drawing" src="reportgen:{name}" alt="a &quot;b&quot; &amp; c">'
        for name in reversed(list(made.drawings))
    )
    assert text == f"<main>{second}<p>between</p>{first}</main>"
    data = [asset.data for asset in made.files.values()]
    assert data[0].startswith(b'<svg xmlns="http://www.w3.org/2000/svg" width="1pt"><path')


def test_a_name_that_no_drawing_has_shows_nothing():
    """What a template makes up loads nothing."""
    made = apart(page((figure("<svg/>"),)))
    assert made.outside('<svg id="drawing-0123456789abcdef.svg"></svg>') == ""


def test_a_long_table_alone_is_not_set_twice():
    """It is divided in any case, so there is no better page; one that may stand whole is told."""
    from reportgen.writers.pages.page import Item

    def laid(whole):
        sheet = Names(rows=30, whole=whole)
        item = Item("table", "t", label="Table 1", sheets=(sheet,))
        title = {"report": (0, 450, 0, 1000)}
        table = {"t": (0, 50, 0, 650), "t-rows": (0, 70, 0, 650)}
        sheets = [Names(height=1000.0, anchors=title), Names(height=1000.0, anchors=table)]
        return page((item,)), sheets

    long, sheets = laid(whole=False)
    assert rearranged(long, sheets, (50.0, 50.0)) is long
    short, sheets = laid(whole=True)
    assert [item.divided for item in rearranged(short, sheets, (50.0, 50.0)).items] == [True]
