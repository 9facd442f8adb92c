"""A theme's sheet: what it may give, what else is told at its place, and what a page gets of it."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from reportgen.core.document import Brand, Look
from reportgen.core.errors import SpecError
from reportgen.writers.html import Html
from reportgen.writers.pages.legible import pale, pale_accent
from reportgen.writers.pages.theme import builtin, schemes_of, style
from reportgen.writers.pages.variables import COLOURS, MOST_PROBLEMS, VARIABLES, sheet, written
from reportgen.writers.pdf import Pdf

PLACES = {"link": "#123", "paper": "#fff"}


def problems(text):
    with pytest.raises(SpecError) as caught:
        sheet(text, "house/theme.css")
    return caught.value.problems


def test_a_sheet_is_read():
    """Light and dark, comments between, values in the one way that pages have them."""
    found = sheet(
        "/* ours */\n:root { --head: #00467F; --titles: serif; --section-rule:.1rem  solid #ABC }\n"
        "@media screen and (prefers-color-scheme:dark) { :root { --head: #9cf; } /* } */ }\n"
        ":root { --title-size: 2.5rem; --section-room: 0; }",
        "theme.css",
    )
    assert found.light == {
        "head": "#00467f", "titles": '"Source Serif Pro", serif', "title-size": "2.5rem",
        "section-rule": ".1rem solid #abc", "section-room": "0",
    }  # fmt: skip
    assert found.dark == {"head": "#9cf"}
    place = found.places["dark", "head"]
    assert (place.line, place.column, place.length) == (3, 65, 4)


def test_what_is_written_is_read_again():
    """Every variable of every built-in theme is the same after it was written and read."""
    for name in ("default", "apa", "ama", "lancet", "nejm"):
        light, dark = builtin(name)
        assert set(light) == set(VARIABLES)
        again = sheet(written(light, dark), "theme.css")
        assert (again.light, again.dark) == (light, dark)


WRONG = {
    "a mistyped variable": (":root {\n  --hed: #fff;\n}", (2, 3), "`--hed`"),
    "a colour by name": (":root { --head: red; }", (1, 17), "cannot be `red`"),
    "a colour with an alpha": (":root { --head: #00467f80; }", (1, 17), "#00467f80"),
    "an address": (":root { --paper: url(https://evil.org/a.png); }", (1, 18), "url("),
    "an escape": (":root { --paper: \\75rl(x); }", (1, 18), "\\75rl"),
    "a variable within": (":root { --head: var(--link); }", (1, 17), "var(--link)"),
    "an expression": (":root { --title-size: calc(1rem * 99); }", (1, 23), "calc("),
    "a length out of bounds": (":root { --title-size: 30rem; }", (1, 23), "30rem"),
    "a length of none": (":root { --title-size: rem; }", (1, 23), "rem"),
    "another unit": (":root { --section-room: 3px; }", (1, 25), "3px"),
    "a typeface": (":root { --titles: Comic Sans; }", (1, 19), "Comic Sans"),
    "a line that is thick": (":root { --section-rule: 9rem solid #000; }", (1, 25), "9rem"),
    "importance": (":root { --head: #000 !important; }", (1, 17), "!important"),
    "no value": (":root { --head: ; }", (1, 17), "has no value"),
    "a property": (":root { color: #fff; --head: #000; }", (1, 9), "`color: #fff;`"),
    "another selector": ("body { display: none }", (1, 1), "`body { display: none }`"),
    "an import": ("@import 'https://evil.org/a.css';", (1, 1), "`@import"),
    "a typeface of its own": ("@font-face { src: url(//evil.org/x) }", (1, 1), "`@font-face"),
    "another medium": ("@media print { :root { --head: #000 } }", (1, 1), "`@media print"),
    "an end of the style": ("</style><script>alert(1)</script>", (1, 1), "`</style>"),
    "an end within a value": (":root { --head: #000</style> }", (1, 17), "</style>"),
    "an end within a name": (":root { --x</style>: #000 }", (1, 9), "--x</style>"),
    "a rule within a rule": (":root { --head:\n { a: b } }", (2, 2), "a rule within"),
    "no end": (":root { --head: #fff", (1, 20), "does not end"),
    "no end in the dark": ("@media (prefers-color-scheme: dark) { :root {} ", (1, 46), "not end"),
    "an end too many": (":root {} }", (1, 10), "`}`"),
    "a comment without end": (":root { --head: #fff; }\n/* ", (2, 1), "`/*`"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_no_theme_may_hold_is_told_at_its_place(case):
    """File, line and column; nothing else in the sheet is hidden by it."""
    text, (line, column), says = WRONG[case]
    found = problems(text)
    assert any(says in problem.message for problem in found)
    assert (found[0].place.file, found[0].code) == ("house/theme.css", "theme")
    assert (line, column) in [(each.place.line, each.place.column) for each in found]


def test_all_mistakes_are_told_at_once():
    """Each with what is meant, and no more than can be read."""
    found = problems(":root { --hed: #fff; --links: #ggg; x: y; --paper: white }\nbody {}\n}")
    assert [problem.place.column for problem in found] == [9, 22, 37, 52, 1, 1]
    assert found[0].hint == "did you mean `--head`?"
    assert len(problems(";" * 50_000)) == MOST_PROBLEMS


def test_a_large_hostile_sheet_takes_no_time(monkeypatch):
    """Blanks, brackets and names without end are read once, from left to right."""
    steps = 0
    from reportgen.writers.pages import variables

    count = variables._Reader._take

    def counted(self, pattern):
        nonlocal steps
        steps += 1
        return count(self, pattern)

    monkeypatch.setattr(variables._Reader, "_take", counted)
    for text in (" " * 90_000, ":root { --head: " + " " * 90_000, "{" * 90_000, "/*" * 45_000,
                 ":root { --" + "a" * 90_000, "@media " + " " * 90_000):  # fmt: skip
        with suppress(SpecError):
            sheet(text, "x")
    assert steps < 2_000


def test_a_page_gets_the_values_and_nothing_of_the_text(demo):
    """After the sheet of the built-in theme; on paper, too, outside the text as well."""
    look = Look({"head": "#7a1f5c", "paper": "#fdf8ef", "faint": "#555"}, {"paper": "#101010"})
    document = demo.document(demo.compare(), look=look, theme="lancet")
    page = Html().render(document).decode()
    sheets = page[page.index("<style>") : page.index("</style>")]
    last = sheets.rindex("--head: #7a1f5c; --paper: #fdf8ef; --faint: #555;")
    assert last > sheets.index("--head: #00376f")
    assert re.search(r"dark\) \{ :root \{ --paper: #101010; --head: #\w+; --faint: #939eac", sheets)
    paper = style(document, "print")
    assert "var(--" not in paper[paper.index("@page") : paper.index("html {")]
    assert "@page { background: #fdf8ef }" in paper
    assert Pdf().render(document).startswith(b"%PDF-")


def test_a_colour_for_the_light_does_not_make_the_dark_unreadable():
    """A heading keeps its hue, made lighter; the text is as in the built-in theme."""
    look = Look(
        {"head": "#200010", "ink": "#000", "paper": "#fff", "section-rule": ".1rem solid #000"}
    )
    light, dark = schemes_of("default", look)
    assert light["head"] == "#200010"
    assert dark["head"] not in ("#200010", builtin("default")[1]["head"])
    assert dark["ink"] == builtin("default")[1]["ink"]
    assert dark["paper"] == builtin("default")[1]["paper"]
    assert dark["section-rule"].startswith(".1rem solid #")
    assert dark["section-rule"] != ".1rem solid #000"
    assert not pale("default", look, {})


def test_colours_that_cannot_be_read_are_warned_about_where_they_are_given():
    """Either scheme; where only the page was given, there; never what the user did not give."""
    dark = "@media (prefers-color-scheme: dark) { :root { --paper: #888 } }"
    found = sheet(f":root {{ --soft: #999; --rule: #eee }}\n{dark}", "theme.css")
    told = pale("default", Look(found.light, found.dark), found.places)
    assert {(each.severity, each.code) for each in told} == {("warning", "contrast")}
    first, *others = told
    assert (
        "`--soft` (#999) has a contrast of 2.84 with the page (#fff) in the light" in first.message
    )
    assert (first.place.line, first.place.column) == (1, 17)
    assert {(each.place.line, each.place.column) for each in others} == {(2, 56)}
    assert "`--ink`" in others[0].message
    assert pale("default", Look(), {}) == ()


@pytest.mark.parametrize(
    ("accent", "pale_"), [("#00467f", False), ("#ff0", True), ("#767676", False)]
)
def test_an_accent_that_is_changed_on_paper_is_told(accent, pale_):
    """#767676 is the lightest grey that may stand on white; for the dark any is changed anyway."""
    found = pale_accent("default", Look(), accent)
    assert (found is not None) == pale_
    if found:
        assert "set in #" in found.message


def test_every_colour_of_a_brand_stands_above_the_theme(demo):
    """The order of sheets: medium, built-in theme, own theme, brand."""
    look = Look({"head": "#7a1f5c"}, {"head": "#fff"})
    light, dark = schemes_of("apa", look, "#00467f")
    assert light["head"] == light["link"] == "#00467f"
    assert dark["head"] == dark["link"] != "#fff"
    document = demo.document(look=look, brand=Brand(accent="#00467f"))
    assert style(document, "screen").count("--head: #00467f") == 1
    assert set(COLOURS) < set(VARIABLES)
