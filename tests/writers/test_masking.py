"""What is blotted out of a text of prose, and that no text takes long to be read."""

from __future__ import annotations

import pytest

from reportgen.run.literals import numbers_in
from reportgen.writers.texts import dollars, footnotes
from reportgen.writers.texts.masking import masked

TEXTS = {
    "a {{ b }} c": "a 0000000 c",
    "a {{ b": "a {{ b",
    "`a` b ``c ` d`` e": "xxx b xxxxxxxxx e",
    "`a ``b` c": "xxxxxxx c",
    "``a` b": "``a` b",
    "```\na\n```\nb": "xxx\nx\nxxx\nb",
    "~~~~\na\n~~~\n~~~~\nb": "xxxx\nx\nxxx\nxxxx\nb",
    "b\n```py\na": "b\nxxxxx\nx",
    "a {{ 'x`y' }} `b`": "a 00000000000 xxx",
}


@pytest.mark.parametrize("text", TEXTS)
def test_code_and_values_are_blotted_out(text: str) -> None:
    """Place by place, so that what is found stands where it stands in the text."""
    assert masked(text) == TEXTS[text]


PIECES = (
    *(
        "$",
        "$a ",
        "$$ a",
        "{{",
        "`",
        "[^a]",
        "[^a]: x\n",
        "[^",
        "```\n",
        "~~~~\n```\n",
        "1,",
        "1.1",
    ),
    *("111,", "$x=", "](", "\n  y", "\n   ", " ", "\n", "$\\", "{{ a ", "` ``"),
)


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_text_of_one_thing_is_read(piece: str) -> None:
    """Each sign is looked at a few times only: what looks further never ends on such texts."""
    for before in ("", "[^a]: x"):
        text = before + piece * (40_000 // len(piece))
        assert len(masked(text)) == len(text)
        assert len(footnotes.taken(text).text) <= len(text)
        assert all(problem.code == "footnote" for problem in footnotes.problems(text))
        assert all(found.start < found.end for found in dollars.mathematics(text))
        assert all(found.decimals >= 0 for found in numbers_in(text))
