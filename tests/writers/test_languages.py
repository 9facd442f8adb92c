"""A page in another language: its numbers, its words, its date."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from reportgen.core.document import Cell, Column, Row, RowBlock, Table
from reportgen.core.numbers import conventions
from reportgen.core.words import load, writing
from reportgen.writers.html import Html
from reportgen.writers.pages.made import written_date

LIMITS = (0.438, 0.511)


def table():
    error = 0.0185
    rows = (
        Row("Alter", (Cell(0.4741, "estimate", error=error), Cell(LIMITS, "ci", error=error))),
        Row("Geschlecht", (Cell(empty="reference"), Cell(empty="absent"))),
        Row("Einkommen", (Cell((1234.5, 900.0, 2000.25), "median_iqr", decimals=1), Cell())),
        Row("Zeilen", (Cell(5102, "count"), Cell(empty="undefined"))),
    )  # fmt: skip
    columns = (Column("Alpha", "estimate"), Column("Beta", "ci"))
    return Table("compare", columns, (RowBlock(rows),), caption="Blutdruck")


def text_of(demo, lang):
    document = replace(
        demo.document(table()), lang=lang, title="Titel", subtitle="", abstract="", models={}
    )
    with conventions(writing(load(lang), "default")):
        page = Html().render(document).decode()
    body = re.sub(r"<[^>]+>", " ", page[page.index("<body") :])
    return re.sub(r"[\u2007\u2008]", "", unescape(body)), page


def test_a_german_page_has_german_numbers_and_words(demo):
    """Comma and point, `bis` between limits, a semicolon in a pair, words for empty cells."""
    text, page = text_of(demo, "de")
    assert '<html lang="de">' in page
    for expected in (
        "0,474", "0,438 bis 0,511", "1.234,5 (900,0; 2.000,3)", "5.102", "Referenz", "Tabelle 1.",
        "nicht in diesem Modell", "nicht definiert", "Wie dieser Bericht entstand",
        "5.102 Beobachtungen", "5.102 von 5.735 Zeilen verwendet",
    ):  # fmt: skip
        assert expected in text
    english = r"\b(the|of|to|and|rows|observations?|table|reference|note|report|used|fitted)\b"
    assert not re.findall(english, re.sub(r"reportgen \S+", "", text), re.IGNORECASE)


@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("en", ("1 May 2026", "23 November 2026")),
        ("de", ("1. Mai 2026", "23. November 2026")),
        ("fr", ("1er mai 2026", "23 novembre 2026")),
        ("es", ("1 de mayo de 2026", "23 de noviembre de 2026")),
        ("pt", ("1º de maio de 2026", "23 de novembro de 2026")),
    ],
)
def test_dates_are_written_as_the_language_does(lang, written):
    """The first of a month has a word of its own in French and Portuguese."""
    words = load(lang)
    assert (written_date("2026-05-01", words), written_date("2026-11-23", words)) == written
