"""Where pages end: white space, divided tables and text that comes first are weighed."""

from __future__ import annotations

import pytest

from reportgen.writers.paper.paging import Arrangement, Piece, arranged

ROOM = 900.0
LINE = Piece("text", 100.0, 10.0)
FIGURE = Piece("solid", 400.0, 20.0)
HEADING = Piece("heading", 25.0, 30.0)
BREAK = Piece("break", 0.0)
CLAIM = Piece("solid", 40.0, 15.0, claim=True)


def table(rows: int, whole: bool = True) -> Piece:
    return Piece("table", 50.0 + 20.0 * rows, 20.0, 50.0, rows, whole)


CASES = {
    "all fits": ([LINE, FIGURE, LINE], (0, 1, 2), set()),
    "text comes before a figure that waits": ([FIGURE, LINE, FIGURE, LINE], (0, 1, 3, 2), set()),
    "and so does a claim": ([FIGURE, LINE, FIGURE, CLAIM], (0, 1, 3, 2), set()),
    "no text goes past a heading": ([FIGURE, LINE, FIGURE, HEADING, LINE], (0, 1, 2, 3, 4), set()),
    "figures keep their order": ([FIGURE, LINE, FIGURE, FIGURE], (0, 1, 2, 3), set()),
    "a short table fills a hole": ([FIGURE, table(25), FIGURE], (0, 1, 2), {1}),
    "all but three of its rows do": ([FIGURE, table(22), FIGURE], (0, 1, 2), {1}),
    "a small hole is left": ([FIGURE, FIGURE, table(8)], (0, 1, 2), set()),
    "three rows stand together": ([FIGURE, Piece("text", 400.0, 0), table(8)], (0, 1, 2), set()),
    "a long table begins where it can": ([FIGURE, table(80, whole=False)], (0, 1), {1}),
    "a heading goes with its table": ([FIGURE, FIGURE, HEADING, table(6)], (0, 1, 2, 3), set()),
    "what follows a break is not moved": ([FIGURE, LINE, FIGURE, BREAK, LINE], range(5), set()),
    "nothing": ([], (), set()),
    "a heading at the end": ([LINE, HEADING], (0, 1), set()),
}


@pytest.mark.parametrize("name", CASES)
def test_arrangements(name: str) -> None:
    """Each case as its name says: the order, and the tables that are divided."""
    pieces, order, divided = CASES[name]
    assert arranged(pieces, ROOM) == Arrangement(tuple(order), frozenset(divided))


def test_the_whole_report_counts() -> None:
    """A table is divided on the first page where that spares two holes later."""
    pieces = [FIGURE, table(24), FIGURE, LINE, FIGURE, LINE]
    assert arranged(pieces, ROOM).divided == {1}


def test_a_title_takes_its_room() -> None:
    """What stands above the first block is not free for it."""
    pieces = [FIGURE, LINE]
    assert arranged(pieces, ROOM, start=600.0).order == (1, 0)
    assert arranged(pieces, ROOM, start=400.0).order == (0, 1)


@pytest.mark.parametrize("rows", range(1, 60, 7))
@pytest.mark.parametrize("start", range(0, 900, 150))
def test_every_piece_is_placed_once(rows: int, start: int) -> None:
    """Whatever the sizes: nothing is lost, nothing doubled, tables and figures keep their order."""
    pieces = [
        *(HEADING, table(rows, rows < 26), LINE, FIGURE, CLAIM, HEADING, HEADING, LINE),
        *(Piece("solid", 2000.0, 20.0), LINE, Piece("turned", 500.0), LINE, table(3), LINE),
    ]
    order = arranged(pieces, ROOM, float(start)).order
    assert sorted(order) == list(range(len(pieces)))
    floats = [number for number in order if pieces[number].floats]
    assert floats == sorted(floats)
