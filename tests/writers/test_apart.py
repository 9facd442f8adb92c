"""Drawings of a page on paper are kept beside it."""

from __future__ import annotations

from types import SimpleNamespace as Names

from reportgen.writers.pages.apart import apart
from reportgen.writers.paper.measure import Heights, as_written, best, measured, rearranged
from reportgen.writers.paper.paging import Arrangement, Piece


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

    def found(whole):
        sheet = Names(rows=30, whole=whole)
        made = page((Item("table", "t", label="Table 1", sheets=(sheet,)),))
        title = {"report": (0, 450, 0, 1000)}
        table = {"t": (0, 50, 0, 650), "t-rows": (0, 70, 0, 650)}
        sheets = [Names(height=1000.0, anchors=title), Names(height=1000.0, anchors=table)]
        arrangement = best(made, measured(made, sheets, (50.0, 50.0)))
        return arrangement, [item.divided for item in rearranged(made, arrangement).items]

    assert found(whole=False) == (Arrangement((0,)), [False])
    assert found(whole=True) == (Arrangement((0,), frozenset({0})), [True])


def test_what_was_measured_is_told_in_the_order_it_was_written_in():
    """Of a table that was divided the guess stays: it fills the page that it begins on."""
    guess = Heights((Piece("text", 1.0), Piece("table", 2.0), Piece("solid", 3.0)), 900.0, 0.0)
    laid = Heights((Piece("table", 20.0), Piece("text", 10.0), Piece("solid", 30.0)), 900.0, 50.0)
    told = as_written(laid, guess, Arrangement((1, 0), frozenset({1})))
    assert [piece.height for piece in told.pieces] == [10.0, 2.0, 30.0]
    assert told.start == 50.0
