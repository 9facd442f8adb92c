"""Where pages end: which tables are divided, and what comes before a table or figure that waits.

A table or figure that does not fit into the rest of a page leaves it empty. A typesetter then lets
the text that follows come first, or divides a table; both cost something, and so does white space.
`arranged` weighs them, as Knuth and Plass (1981), Software: Practice and Experience 11, 1119–1184,
weigh the lines of a paragraph: over the whole report, not page by page. The order of tables and
figures is never changed, and nothing is moved past a heading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Literal

from reportgen.core.dataclass import dataclass

FEWEST_ROWS = 3
"""So many rows of a table stand together at its beginning, and at its end."""

WHITE, DIVIDED, AHEAD = 8.0, 0.75, 0.3
"""What the square of the empty share of a page costs; a divided table; text that comes first."""

LINES = 75.0
"""Three lines of text, in CSS pixels: fewer are not left alone on a page."""

MOST_STATES = 40


@dataclass(frozen=True)
class Piece:
    """One part of the report as paging sees it; lengths in CSS pixels.

    kind      heading, text (ends anywhere), solid (figure, claim), table, turned (a page of its
              own), break (of the page)
    height    without the space above
    gap       the space above, where it is not the first on its page
    head      of a table: caption and header, repeated where it goes on
    rows      of a table: how many
    whole     of a table: whether it is divided only where that is worth it
    """

    kind: Literal["heading", "text", "solid", "table", "turned", "break"]
    height: float
    gap: float = 0.0
    head: float = 0.0
    rows: int = 0
    whole: bool = True
    claim: bool = False

    @property
    def floats(self) -> bool:
        """Whether its order among tables and figures is kept, while text may come before it."""
        return self.kind in ("table", "turned") or (self.kind == "solid" and not self.claim)

    @property
    def prose(self) -> bool:
        """Whether it may come before a table or figure."""
        return self.kind == "text" or self.claim


@dataclass(frozen=True)
class Arrangement:
    """The order of the pieces by their numbers, and the tables that may be divided."""

    order: tuple[int, ...]
    divided: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _Choice:
    """What was placed last, and the choice before it: a report of many pages has many states, and
    they share what they have in common.
    """

    members: tuple[int, ...]
    before: _Choice | None
    divided: bool = False
    """Whether the last of the members is a table that goes on on the next page."""


@dataclass(frozen=True)
class _State:
    """Pages filled so far: how far down the last one, at what cost, and by what choices."""

    y: float
    cost: float = 0.0
    last: _Choice | None = None

    def arrangement(self) -> Arrangement:
        """All choices, from the first to the last."""
        choices, choice = [], self.last
        while choice is not None:
            choices.append(choice)
            choice = choice.before
        order = tuple(number for each in reversed(choices) for number in each.members)
        return Arrangement(order, frozenset(each.members[-1] for each in choices if each.divided))


def arranged(pieces: Sequence[Piece], room: float, start: float = 0.0) -> Arrangement:
    """The cheapest arrangement found; `room` is the height of a page, `start` what a title takes.

    A beam search: of all ways to fill the pages up to a piece the best few are kept.
    """
    reached: dict[int, list[_State]] = {0: [_State(start)]}
    for place in range(len(pieces)):
        for state in _best(reached.pop(place, [])):
            for after, made in _Step(pieces, room, state, place).choices():
                reached.setdefault(after, []).append(made)
    return _best(reached[len(pieces)])[0].arrangement()


def _best(states: Sequence[_State]) -> list[_State]:
    """The cheapest state for each height reached, the cheapest first."""
    found: dict[int, _State] = {}
    for state in sorted(states, key=lambda state: state.cost):
        found.setdefault(round(state.y / 8), state)
    return list(found.values())[:MOST_STATES]


@dataclass(frozen=True)
class _Step:
    """The ways to go on from a state with the headings at `place` and the piece below them."""

    pieces: Sequence[Piece]
    room: float
    state: _State
    place: int

    def choices(self) -> Iterator[tuple[int, _State]]:
        """Each way as (the next place, the state reached)."""
        at = self.place
        while at < len(self.pieces) and self.pieces[at].kind == "heading":
            at += 1
        if at == len(self.pieces):
            yield at, self._solid(range(self.place, at))
            return
        piece = self.pieces[at]
        members = range(self.place, at + 1)
        match piece.kind:
            case "break":
                yield at + 1, self._placed(members, self.room)
            case "turned":
                yield at + 1, self._fresh()._placed(members, self.room)
                yield from self._text_first(members)
            case "text":
                yield at + 1, self._text(members)
            case _ if self._bottom(members) <= self.room or not piece.floats:
                yield at + 1, self._solid(members)
            case _:
                yield from self._waiting(members)

    def _waiting(self, members: range) -> Iterator[tuple[int, _State]]:
        """A table or figure that does not fit: it goes to the next page, or is divided, or text
        that follows it comes first.
        """
        at = members[-1]
        piece = self.pieces[at]
        if piece.kind != "table" or piece.whole:
            yield at + 1, self._solid(members)
        if piece.kind == "table":
            divided = self._divided(members)
            if divided is not None:
                yield at + 1, divided
            elif not piece.whole:
                yield at + 1, self._solid(members)
        if piece.height <= self.room:
            yield from self._text_first(members)

    def _text_first(self, members: range) -> Iterator[tuple[int, _State]]:
        """The text that follows a table or figure comes before it, where all of it fits. Headings
        stay above what comes first; those of a turned table go with it, so it has none.
        """
        at, turned = members[-1], self.pieces[members[-1]].kind == "turned"
        texts = list(takewhile(lambda i: self.pieces[i].prose, range(at + 1, len(self.pieces))))
        first = (*members[:-1], *texts)
        if not texts or self._bottom(first) > self.room or (turned and len(members) > 1):
            return
        after = replace(self, state=self._placed(first, self._bottom(first), AHEAD))
        yield (
            texts[-1] + 1,
            (after._fresh()._placed((at,), self.room) if turned else after._solid((at,))),
        )

    def _divided(self, members: range) -> _State | None:
        """The state after a table that begins here and goes on; None where too little fits."""
        piece = self.pieces[members[-1]]
        row = (piece.height - piece.head) / max(piece.rows, 1)
        above = self._bottom(members) - piece.height + piece.head
        fit = int((self.room - above) // row)
        if piece.whole:
            fit = min(fit, piece.rows - FEWEST_ROWS)  # so many go on together on the next page
        if fit < FEWEST_ROWS:
            return None
        left, page = piece.rows - fit, max(1, int((self.room - piece.head) // row))
        last = piece.head + (left % page or page) * row
        made = self._placed(members, last, DIVIDED if piece.whole else 0.0)
        assert made.last is not None
        return replace(made, last=replace(made.last, divided=True))

    def _text(self, members: range) -> _State:
        """Text begins here if three of its lines do, else on the next page."""
        piece, bottom = self.pieces[members[-1]], self._bottom(members)
        if bottom <= self.room:
            return self._placed(members, bottom)
        if bottom - piece.height + min(piece.height, LINES) > self.room:
            fresh = self._fresh()
            return fresh._placed(members, fresh._bottom(members) % self.room)
        return self._placed(members, (bottom - self.room) % self.room)

    def _solid(self, members: Sequence[int]) -> _State:
        """All of it on one page: this one, or else the next."""
        if self._bottom(members) <= self.room or not self.state.y:
            return self._placed(members, min(self._bottom(members), self.room))
        return self._fresh()._solid(members)

    def _fresh(self) -> _Step:
        """The same with a new page, at the cost of what is empty of this one."""
        empty = max(0.0, 1 - self.state.y / self.room)
        return replace(
            self, state=replace(self.state, y=0.0, cost=self.state.cost + WHITE * empty**2)
        )

    def _bottom(self, members: Sequence[int]) -> float:
        """How far down the page `members` would end."""
        y = self.state.y
        for number in members:
            y += self.pieces[number].height + (self.pieces[number].gap if y else 0.0)
        return y

    def _placed(self, members: Sequence[int], y: float, cost: float = 0.0) -> _State:
        choice = _Choice(tuple(members), self.state.last)
        return _State(y, self.state.cost + cost, choice)
