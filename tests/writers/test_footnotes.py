"""Footnotes: numbered through the report, at its end on a screen, at the page's foot on paper."""

from __future__ import annotations

from types import ModuleType

import pytest

from reportgen.core.document import Text
from reportgen.writers.latex import Latex
from reportgen.writers.pandoc import Markdown
from reportgen.writers.texts.footnotes import Endnotes, Pagenotes, numbered, problems, taken
from reportgen.writers.texts.markdown import to_html
from reportgen.writers.texts.running import running

TEXT = """\
First[^b], second[^a] and first again[^b].

[^a]: Of *two* lines,
    the second indented.
[^b]: What it says.
"""


def test_notes_are_taken_out_of_the_text() -> None:
    """The text keeps its calls; a note may go on on indented lines."""
    found = taken(TEXT)
    assert found.text == "First[^b], second[^a] and first again[^b].\n\n"
    assert found.notes == {"a": "Of *two* lines, the second indented.", "b": "What it says."}


def test_code_holds_no_notes() -> None:
    """Neither a call nor a note within code is one."""
    text = "`[^a]`\n\n```\n[^a]: x\n```\n"
    assert taken(text).notes == {}
    assert list(problems(text)) == []


def test_on_a_screen_numbers_lead_to_the_end_and_back() -> None:
    """Numbers follow the calls, not the names; numbering goes on in the next text."""
    notes = Endnotes()
    html = to_html(TEXT, notes=notes)
    assert notes.found == ["What it says.", "Of <em>two</em> lines, the second indented."]
    assert '<sup class="call"><a id="note-call-1" href="#note-1">1</a></sup>, second' in html
    assert '<sup class="call"><a href="#note-1">1</a></sup>.' in html
    assert "[^" not in html
    assert 'id="note-call-3"' in to_html("x[^1]\n\n[^1]: y", notes=notes)


def test_on_paper_the_note_stands_where_it_is_called() -> None:
    """Its style takes it to the foot of the page; called again it is a number."""
    html = to_html(TEXT, notes=Pagenotes())
    assert 'First<span class="footnote" data-number="1">What it says.</span>, second' in html
    assert 'again<sup class="call">1</sup>.' in html


def test_numbers_go_on_through_the_report() -> None:
    """Names become numbers in the order of the calls; code and what is no footnote stay."""
    text, count = numbered("a[^x] `[^x]` b[^y] c[^x] [^no]\n\n[^y]: Y\n[^x]: X\n", 3)
    assert text == "a[^4] `[^x]` b[^5] c[^4] [^no]\n\n[^5]: Y\n[^4]: X\n"
    assert count == 5


def test_other_formats_have_them_below_the_text() -> None:
    """Each with the name by which it is called; mathematics is marked as such."""
    first, *notes = running("Of $x_i$[^2], see[^1] and[^2].\n\n[^1]: One *two*.\n[^2]: Three.\n")
    assert "".join(run.text for run in first.runs) == "Of x_i[2], see[1] and[2]."
    assert [run.text for run in first.runs if run.math] == ["x_i"]
    assert [run.note for run in first.runs if run.note] == ["2", "1", "2"]
    told = [(note.note, "".join(run.text for run in note.runs)) for note in notes]
    assert told == [("2", "Three."), ("1", "One two.")]


def test_markdown_and_latex_have_footnotes_of_their_own(demo: ModuleType) -> None:
    """GitHub and pandoc read `[^1]`; TeX sets the note at the foot of the page, once."""
    document = demo.document(
        Text("A[^1], b[^2] and a[^1].\n\n[^1]: One *two*.\n[^2]: 5% of $x$.\n")
    )
    text = Markdown().render(document).decode()
    assert "A[^1], b[^2] and a[^1]." in text
    assert "\n\n[^1]: One *two*.\n\n[^2]: 5% of $x$.\n" in text
    tex = Latex().render(document).decode()
    assert tex.count(r"\footnotemark[1]") == 2
    assert tex.count(r"\footnotetext[1]{One \emph{two}.}") == 1
    assert r"\footnotetext[2]{5\% of $x$.}" in tex


FORMULA = "Between\n\n$$a^2$$, and $$b.$$\n\n- item $$c$$ stays\n\n# of $$d$$\n"


def test_a_formula_on_a_line_of_its_own_parts_the_paragraph() -> None:
    """With the stop that follows it; not in an item or a heading, which stay what they are."""
    found = [(each.kind, "".join(run.text for run in each.runs)) for each in running(FORMULA)]
    assert found == [
        ("paragraph", "Between"), ("math", "a^2,"), ("paragraph", "and "), ("math", "b."),
        ("item", "item c stays"), ("heading", "of d"),
    ]  # fmt: skip


MISTAKES = {
    "a[^x]\n\n[^y]: b": [
        ("there is no such footnote", 1, "did you mean"), ("nothing in this text refers", 7, "")
    ],
    "a[^x]\n\n[^x]: b\n[^x]: c": [("is there already", 15, "")],
    "a[^long]\n\n[^lang]: b": [
        ("there is no such footnote", 1, "did you mean `[^lang]`?"),
        ("nothing in this text refers", 10, ""),
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES)
def test_calls_and_notes_must_meet(text: str) -> None:
    """A call without a note, a note without a call, a note that is there twice."""
    found = list(problems(text))
    assert len(found) == len(MISTAKES[text])
    for problem, (message, offset, hint) in zip(found, MISTAKES[text], strict=True):
        assert message in problem.message
        assert problem.offset == offset
        assert hint in problem.hint or not problem.hint


def test_a_note_holds_no_markup_of_its_own() -> None:
    """HTML in a note is shown, as in every text."""
    notes = Endnotes()
    to_html("a[^1]\n\n[^1]: <script>x</script>", notes=notes)
    assert notes.found == ["&lt;script&gt;x&lt;/script&gt;"]
