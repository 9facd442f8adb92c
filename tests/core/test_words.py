"""One file a language: the same names and placeholders in each, and the signs of its numbers."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from reportgen.core import numbers
from reportgen.core.numbers import conventions
from reportgen.core.words import entries, languages, load, texts, writing

OTHERS = [lang for lang in languages() if lang != "en"]
OWN = ("abbreviation.", "sentence_one.")
"""Short forms are a language's own (KI, IC, EE), and so are units and their singulars."""
ENGLISH = re.compile(
    r"\b(the|of|and|with|is|are|by|not|model of|estimate|standard error|confidence|rows?|"
    r"clusters|random|weighted|mean|least|most)\b"
)


def placeholders(text):
    return set(re.findall(r"\{(\w*)", text))


def test_the_languages_are_those_of_the_reference():
    """English, and four more."""
    assert languages() == ("de", "en", "es", "fr", "pt")


@pytest.mark.parametrize("lang", languages())
def test_the_files_are_read_as_toml(lang):
    """Line by line, which is quicker, and to the same texts."""
    text = files("reportgen.core").joinpath("lang", f"{lang}.toml").read_text(encoding="utf-8")
    whole = tomllib.loads(text)
    flat = {f"{part}.{key}": each for part, own in whole.items() for key, each in own.items()}
    assert dict(entries(text)) == flat
    assert all(isinstance(each, str) for each in flat.values())


def test_a_line_that_is_not_plain_is_toml_too():
    """Escapes, comments behind a text, other spaces."""
    text = '# of\n[a.b]\n\nc = "\\u00a0 \\"x\\""  # two\nd="e"\n\'f\' = \'"g"\'\n[h]\ni = ""\n'
    assert dict(entries(text)) == {
        "a.b.c": '\u00a0 "x"', "a.b.d": "e", "a.b.f": '"g"', "h.i": "",
    }  # fmt: skip


@pytest.mark.parametrize("lang", OTHERS)
def test_a_language_has_the_names_of_english(lang):
    """What is missing would be said in English, and a misspelt name would never be read."""
    english, own = ({name for name in texts(each) if not name.startswith(OWN)}
                    for each in ("en", lang))  # fmt: skip
    assert own == english


@pytest.mark.parametrize("lang", OTHERS)
def test_short_forms_of_english_are_known_everywhere(lang):
    """An author may call a model GEE in any language."""
    short = OWN[0]
    assert {name for name in texts("en") if name.startswith(short)} <= set(texts(lang))


@pytest.mark.parametrize("lang", OTHERS)
def test_every_text_has_the_placeholders_of_the_english_one(lang):
    """A value that is left out would be lost, one too many would break the sentence."""
    english, own = texts("en"), texts(lang)
    wrong = {
        name
        for name, text in own.items()
        if not name.startswith(OWN) and placeholders(text) != placeholders(english[name])
    }
    assert not wrong


@pytest.mark.parametrize("lang", OTHERS)
def test_a_language_is_not_english(lang):
    """No function word of English stands in another language's sentences."""
    said = {
        name: re.sub(r"\{\w+[:}]|`[^`]*`|--[\w-]+", "", text)
        for name, text in texts(lang).items()
        if not name.startswith("grammar.")
    }
    assert not {name: text for name, text in said.items() if ENGLISH.search(text)}


@pytest.mark.parametrize("lang", languages())
def test_a_year_has_twelve_months(lang):
    """In one text, divided by spaces."""
    assert len(load(lang)("document.months").split()) == 12


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", ("0.474", "5,102", "12,345.6", "<0.001", "47.4%", "95%", "0.44, 0.51")),
        ("de", ("0,474", "5.102", "12.345,6", "<0,001", "47,4\u00a0%", "95%", "0,44; 0,51")),
        ("de-AT", ("0,474", "5.102", "12.345,6", "<0,001", "47,4\u00a0%", "95%", "0,44; 0,51")),
        (
            "fr",
            (
                "0,474", "5\u00a0102", "12\u00a0345,6", "<0,001", "47,4\u00a0%", "95\u00a0%",
                "0,44\u00a0; 0,51",
            ),
        ),
        (
            "es",
            ("0,474", "5102", "12\u00a0345,6", "<0,001", "47,4\u00a0%", "95\u00a0%", "0,44; 0,51"),
        ),
        ("pt", ("0,474", "5.102", "12.345,6", "<0,001", "47,4%", "95%", "0,44; 0,51")),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_language_does(lang, expected):
    """Spanish separates no thousands of four digits; German joins a level and its word."""
    with conventions(writing(load(lang), "default")):
        written = (
            numbers.fixed(0.4741, 3),
            numbers.count(5102),
            numbers.fixed(12345.6, 1),
            numbers.p_value(0.0001),
            numbers.percent(0.4741),
            numbers.level(0.95),
            numbers.pair(numbers.fixed(0.44, 2), numbers.fixed(0.51, 2)),
        )
    assert written == expected


def test_the_lancet_has_its_own_point_in_every_language():
    """A point at mid-height."""
    with conventions(writing(load("de"), "lancet")):
        assert numbers.fixed(0.47, 2) == "0·47"


@pytest.mark.parametrize(("share", "text"), [(0.95, "95%"), (0.999, "99.9%"), (0.1, "10%")])
def test_a_level_has_the_digits_that_were_given(share, text):
    """99.9 is not the 99.9000000001 of its binary number."""
    assert numbers.level(share) == text


def test_a_whole_number_that_is_no_count_has_no_thousands():
    """A year is not written 1,954, nor 1.954."""
    with conventions(writing(load("de"), "default")):
        assert numbers.whole(1954) == "1954"
        assert numbers.whole(-3) == "\u22123"


def test_a_language_without_words_is_said_in_english():
    """The plan refuses it; a library that loads it meets English."""
    assert load("it")("common.table") == "Table"
