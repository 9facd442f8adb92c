"""A line a model: rewritten in place on a terminal, plain elsewhere, coloured where wanted."""

import io

import pytest

from reportgen.cli.progress import Lines
from reportgen.core.types import Model, Result, failed

FITTED = Model("gee", "gee", "GEE", "trial", Result("gee", "warning", n=5102, n_groups=30))
FAILED = Model("ols", "ols", "OLS", "trial", failed("ols", "no-rows", "no row is complete"))


class Screen(io.StringIO):
    def isatty(self):
        return True


def written(stream, *models):
    lines = Lines(stream)
    lines.begin("fit", 12)
    for model in models:
        lines.start(model.id)
        lines.done(model, 0.25)
    lines.end()
    return stream.getvalue()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_plain_lines_where_there_is_no_terminal():
    """One line a model, with what it rests on; a failed one rests on nothing."""
    assert written(io.StringIO(), FITTED, FAILED).splitlines() == [
        "[ 1/12] warning gee  n 5,102 in 30 clusters  0.25 s",
        "[ 2/12] FAILED  ols  0.25 s",
    ]


def test_what_is_done_is_counted():
    """Of several that are fitted at once the first that is done is the first."""
    stream = io.StringIO()
    lines = Lines(stream, "3/9 north")
    lines.begin("fit", 2)
    for model in (FITTED, FAILED):
        lines.start(model.id)
    for model in (FAILED, FITTED):
        lines.done(model, None)
    assert stream.getvalue().splitlines() == [
        "3/9 north  [1/2] FAILED  ols  as before",
        "3/9 north  [2/2] warning gee  n 5,102 in 30 clusters  as before",
    ]


def test_a_terminal_shows_what_is_being_fitted():
    """The name waits at the end of the screen, and its own line takes its place."""
    text = written(Screen(), FITTED)
    assert text.startswith("\r\x1b[K[ 1/12] fitting gee …\r\x1b[K[ 1/12] ")
    assert "\x1b[33mwarning\x1b[0m gee" in text
    assert text.count("\n") == 1


def test_colours_can_be_declined(monkeypatch):
    """NO_COLOR leaves the rewriting and takes the colours."""
    monkeypatch.setenv("NO_COLOR", "1")
    text = written(Screen(), FITTED)
    assert "fitting gee" in text
    assert "\x1b[33m" not in text


def test_a_terminal_that_cannot_redraw_gets_lines(monkeypatch):
    """TERM=dumb is an editor's or a builder's window."""
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in written(Screen(), FITTED)
