"""The guess of how high parts are is near what comes out: a report is set once."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from reportgen.core.document import Heading, Part, Text
from reportgen.core.errors import DocumentError
from reportgen.writers import pdf
from reportgen.writers.pages.page import page
from reportgen.writers.paper.guess import guessed
from reportgen.writers.pdf import Pdf, require_pango

WORDS = "Of those who were asked most gave an answer, and few gave none at all. "


@pytest.fixture(autouse=True)
def pango() -> None:
    """Skip where the libraries that set text are missing."""
    try:
        require_pango()
    except DocumentError as error:
        pytest.skip(f"{error.problems[0].message}: {error.problems[0].help}")


def test_a_report_is_set_once(demo: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole demonstration: tables, figures, claims."""
    times, render = 0, pdf._render

    def counted(*given: Any) -> Any:
        nonlocal times
        times += 1
        return render(*given)

    monkeypatch.setattr(pdf, "_render", counted)
    Pdf().render(demo.document())
    assert times == 1


def test_contents_are_expected_of_a_long_report_with_sections(demo: ModuleType) -> None:
    """By the room that all parts take; without sections there is nothing to list."""
    prose = Text(WORDS * 20)

    def expected(*parts: Part) -> bool:
        return guessed(page(demo.document(*parts), "print"), 900.0)[1]

    assert expected(Heading(1, "One"), *[prose] * 20)
    assert not expected(Heading(1, "One"), *[prose] * 3)
    assert not expected(*[prose] * 20)
