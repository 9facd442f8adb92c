"""Prose without markup is made HTML as the reader of Markdown makes it, without that reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.writers.texts import unmarked
from reportgen.writers.texts.markdown import _html, parsed, parsed_inline
from reportgen.writers.texts.visible import visible

WORDS = st.sampled_from(
    [
        *(
            "one",
            "firm's",
            "2015-2016",
            "1.",
            "12)",
            "1234567890.",
            "0.12",
            "0.12.",
            "(a)",
            '"b"',
            "don't",
            "–",
            "-",
        ),
        *("+", "=", "==", "%", "a=b", "https://a.org", "www.a.org", "a@b.org", "c:", ":", ";", "?"),
        *("a/b", "x_1", "_e_", "*", "`", "!", "é", "µ", "√", "\u00a0", "\u2003", "\t", " ", "   "),
        *(
            "\n",
            "\n\n",
            "\n \n",
            "  \n",
            "#",
            ">",
            "|",
            "~",
            "&",
            "<",
            "[",
            "$",
            "\\",
            "\u200d",
            "'",
        ),
    ]
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join) | st.lists(WORDS, max_size=12).map("".join)


@given(TEXTS)
def test_what_is_made_without_the_reader_is_what_the_reader_makes(text: str) -> None:
    shown = visible(text)
    if (found := unmarked.paragraphs(shown)) is not None:
        assert found == _html(*parsed(text))
    if (found := unmarked.sentence(shown)) is not None:
        assert found == _html(*parsed_inline(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One two.\nThree, 4 (five)\n", "<p>One two.\nThree, 4 (five)</p>\n"),
        ("It is\n0.012. Or\n1.5).", "<p>It is\n0.012. Or\n1.5).</p>\n"),
        ("One.\n\n\n\nTwo's: 2015-2016", "<p>One.</p>\n<p>Two’s: 2015–2016</p>\n"),
        ('"Ärzte" \u2212 90% of 5/6?', "<p>&quot;Ärzte&quot; \u2212 90% of 5/6?</p>\n"),
    ],
)
def test_words_and_numbers_need_no_reader(text: str, html: str) -> None:
    assert unmarked.paragraphs(text) == html


@pytest.mark.parametrize(
    "text",
    [
        *(
            "*a*",
            "a_b_",
            "`a`",
            "[a](b)",
            "a ![b](c)",
            "<b>",
            "&amp;",
            "a\\",
            "$a$",
            "a | b",
            "~~a~~",
        ),
        *(
            "- a",
            "1. a",
            "1) a",
            "# a",
            "> a",
            "a\n---",
            "a\n===",
            "    a",
            "a  \nb",
            "a \nb",
            "\ta",
        ),
    ],
)
def test_whatever_may_be_markup_is_for_the_reader(text: str) -> None:
    assert unmarked.paragraphs(text) is None
