"""The rows of one variable in `table: describe`: averages, counts, missing values, differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import floor, log10
from typing import Literal

from reportgen.blocks.labels import variable_text
from reportgen.blocks.tables.cells import BLANK, number
from reportgen.core.dataclass import dataclass
from reportgen.core.description import Difference, GroupTest, Summary
from reportgen.core.document import Cell, Row
from reportgen.core.numbers import row_decimals
from reportgen.core.types import Variable
from reportgen.core.words import Words

SKEWED = 0.3
"""|mean − median| / SD beyond which `auto` gives the median; 0 for a symmetric distribution."""

THOUSAND = 1000

Average = Literal["auto", "mean", "median"]


@dataclass(frozen=True)
class Shown:
    """What every row shows: the groups ("" is everybody) and what stands behind them.

    `by` is the column that makes the groups; what it is itself is counted for everybody alone.
    """

    groups: tuple[str, ...]
    by: str | None = None
    missing: Literal["auto", "always", "never"] = "auto"
    spread: Literal["sd", "se"] = "sd"
    counts: Literal["rows", "weighted"] = "rows"
    smd: bool = False
    p: bool = False


@dataclass(frozen=True)
class Characteristic:
    """One variable: its summary in each group, and how it differs between them."""

    variable: Variable
    groups: Mapping[str, Summary]
    difference: Difference
    average: Average
    shown: Shown
    words: Words

    @property
    def about(self) -> Literal["counts", "means", "ranks"] | None:
        """What its rows show and its test compares; None where there is nothing to show."""
        everybody = self.groups[""]
        if everybody.counts:
            return "counts"
        if everybody.mean is None:
            return None
        return "ranks" if self._skewed(everybody) else "means"

    @property
    def test(self) -> GroupTest | None:
        """The test of what is shown."""
        return self.difference.tests.get(self.about or "")

    def rows(self) -> Iterator[Row]:
        """The rows: one, or a header and its levels, and the missing values."""
        label = variable_text(self.variable)
        match self.about:
            case "counts":
                yield from self._categories(label)
            case "means":
                yield Row(label, (*self._cells(self._mean), *self._differences()))
            case "ranks":
                name = self.words("describe.median", label=label)
                yield Row(name, (*self._cells(self._median), *self._differences()))
            case None:
                yield Row(label, self._cells(lambda each: Cell(empty="undefined")))
        always = self.shown.missing == "always"
        missing = any(self.groups[group].missing for group in self.shown.groups)
        if always or (missing and self.shown.missing == "auto"):
            cells = self._cells(lambda each: Cell(each.missing, "count"))
            yield Row(self.words("describe.missing"), (*cells, *self._blanks()), 1)

    def _categories(self, label: str) -> Iterator[Row]:
        counts = self.groups[""].counts
        levels = [level for level in self.variable.levels if level in counts]
        levels += [level for level in counts if level not in levels]
        if not self.variable.levels and set(levels) <= {"0", "1"}:
            yield Row(label, (*self._cells(self._share("1")), *self._differences()))
            return
        behind = self._differences()
        above = tuple(BLANK for _ in self.shown.groups)
        yield Row(label, (*above, *behind) if behind else (), header=True)
        for level in levels:
            yield Row(
                self.variable.show(level), (*self._cells(self._share(level)), *self._blanks()), 1
            )

    def _mean(self, each: Summary) -> Cell:
        if each.mean is None:
            return Cell(role="mean_sd", empty="undefined")
        if self.shown.spread == "se":
            known = [self.groups[group] for group in self.shown.groups]
            decimals = row_decimals([one.se for one in known], [one.mean for one in known])
            return Cell((each.mean, each.se), "mean_sd", decimals=decimals)
        return Cell((each.mean, each.sd), "mean_sd", decimals=_decimals(self.groups[""]))

    def _median(self, each: Summary) -> Cell:
        if each.median is None:
            return Cell(role="median_iqr", empty="undefined")
        # A quartile between two values of the data has a decimal of its own.
        everybody = self.groups[""]
        values = (each.median, each.q1, each.q3)
        whole = all(_has(value, everybody.decimals) for value in values)
        decimals = min(everybody.decimals + (not whole), _decimals(everybody))
        return Cell(values, "median_iqr", decimals=decimals)

    def _share(self, level: str) -> Callable[[Summary], Cell]:
        """How many have a level, of those with any, in the manner that the table counts."""

        def cell(each: Summary) -> Cell:
            if not each.n:
                return Cell(role="count_percent", empty="undefined")
            count: float = each.counts.get(level, 0)
            share = each.shares.get(level, count / each.n)
            if self.shown.spread == "se":
                return Cell((share, each.share_errors.get(level)), "percent_se")
            if self.shown.counts == "weighted" and each.mass is not None:
                count = round(each.mass * share)
            return Cell((count, share), "count_percent")

        return cell

    def _cells(self, make: Callable[[Summary], Cell]) -> tuple[Cell, ...]:
        """A cell a group."""
        own = self.shown.by == self.variable.name
        return tuple(
            BLANK if own and group else make(self.groups[group]) for group in self.shown.groups
        )

    def _differences(self) -> tuple[Cell, ...]:
        """What stands behind the groups; blank for the column that makes them."""
        if self.shown.by == self.variable.name:
            return self._blanks()
        smd = number(self.difference.smd, "smd")
        p = number(self.test.p if self.test else None, "p")
        return (*((smd,) if self.shown.smd else ()), *((p,) if self.shown.p else ()))

    def _blanks(self) -> tuple[Cell, ...]:
        return (BLANK,) * (self.shown.smd + self.shown.p)

    def _skewed(self, each: Summary) -> bool:
        if self.average != "auto":
            return self.average == "median"
        if not each.sd or each.mean is None or each.median is None:
            return False
        return abs(each.mean - each.median) / each.sd > SKEWED


def _decimals(everybody: Summary) -> int:
    """The decimals of a mean: one more than the data, but no more than show three significant
    digits of the standard deviation (one at least where it is below 1,000).
    """
    most = everybody.decimals + 1
    if not everybody.sd:
        return most
    digits = 2 - floor(log10(everybody.sd))
    return min(most, max(digits, 1 if everybody.sd < THOUSAND else 0))


def _has(value: float | None, decimals: int) -> bool:
    return value is None or abs(value - round(value, decimals)) < 1e-9
