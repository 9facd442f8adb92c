"""Prose: what a text can become, and what it never can."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.writers.texts.markdown import inline, to_html


class Tags(HTMLParser):
    """The tags and attributes of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


ALLOWED = {
    *("p", "em", "strong", "code", "pre", "a", "ul", "ol", "li", "blockquote", "br", "hr"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "title", "path"),
}
ATTRIBUTES = {"href", "title", "style", "scope", "class", "start", "role", "viewbox", "fill", "d"}


def test_commonmark_and_tables_become_html() -> None:
    """Emphasis, lists, code and tables are read; a column header says that it is one."""
    html = to_html("*a* **b** `c`\n\n- d\n\n| e | f |\n|---|--:|\n| 1 | 2 |\n")
    assert "<em>a</em> <strong>b</strong> <code>c</code>" in html
    assert "<li>d</li>" in html
    assert '<th scope="col">e</th>' in html


def test_html_is_shown_not_obeyed() -> None:
    """A tag in a text is a text, inside a line and as a block of its own."""
    html = to_html("a <b>c</b>\n\n<script>alert(1)</script>\n\n&lt;i&gt;")
    assert "&lt;b&gt;" in html
    assert "<script" not in html
    assert "<i>" not in html


@pytest.mark.parametrize("url", ["https://a.org/b", "HTTP://a.org", "mailto:a@b.org", "#table-1"])
def test_links_lead_to_pages_people_and_places_of_the_report(url: str) -> None:
    """http, https, mailto and anchors are links."""
    assert f'<a href="{url}">t</a>'.lower() in to_html(f"[t]({url})").lower()


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)", "vbscript:x"),
        *(
            "data:text/html,x",
            "file:///etc/passwd",
            "//evil.org/x",
            "other.html",
            "java%0ascript:x",
        ),
    ],
)
def test_other_links_stay_text(url: str) -> None:
    """Any other address is shown as it was written."""
    assert "<a" not in to_html(f"[t]({url})")


@pytest.mark.parametrize("source", ["![x](http://e.org/a.png)", "![x](data:image/png;base64,AA)"])
def test_images_are_shown_as_written(source: str) -> None:
    """An image is not loaded from anywhere: the reader sees what the author wrote."""
    html = to_html(source)
    assert "<img" not in html
    assert "![x](" in html


def test_headings_stand_below_the_section_they_are_in() -> None:
    """The outline has no gap, whatever levels the author chose."""
    html = to_html("# a\n\n### b\n\n###### c\n\nd\n---\n", below=2)
    assert re.findall(r"<h(\d)>(\w)", html) == [("3", "a"), ("5", "b"), ("6", "c"), ("4", "d")]


def test_unseen_characters_are_shown() -> None:
    """A text cannot turn a line round or hide a character."""
    html = to_html("a\u202eb\u200bc\x07d")
    assert "a\\u202eb\\u200bc\\x07d" in html


def test_typography_is_left_alone() -> None:
    """Quotes, dots and (c) stay what was written: a value may hold them."""
    assert to_html('"a" ... (c) 1--2') == "<p>&quot;a&quot; ... (c) 1--2</p>\n"


def test_a_sentence_has_no_blocks() -> None:
    """In a claim a leading hyphen or hash is a character."""
    assert inline("# not *a* heading") == "# not <em>a</em> heading"


@given(st.text(max_size=200) | st.text("<>&\"'[]()!`*_#|-:$^\\ \nahref=javscript:", max_size=80))
def test_no_text_leads_to_other_markup(text: str) -> None:
    """Whatever is written, only these tags and attributes come out, and only these addresses."""
    for tag, attributes in Tags(to_html(text)).found:
        assert tag in ALLOWED
        assert set(attributes) <= ATTRIBUTES
        assert re.match(r"(?i)https?://|mailto:|#", attributes.get("href") or "#")
