"""Keys that several tables of models share, and the choice of rows that they describe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from reportgen.blocks.tables.cells import Statistic
from reportgen.blocks.tables.fitrows import Name
from reportgen.blocks.terms import TermRow
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Path, Problem, SpecError
from reportgen.core.options import BlockOptions, ModelName, option
from reportgen.core.similar import similar


@dataclass(frozen=True, kw_only=True)
class CoefficientOptions(BlockOptions):
    """Keys of every table that shows coefficients."""

    models: tuple[ModelName, ...] = option(doc="The models shown, in this order.")
    exponentiate: bool | Literal["auto"] = option(
        False,
        doc="Show odds ratios, rate ratios … instead of coefficients, for the models where the "
        "exponential of a coefficient has a meaning; `auto` says nothing about the others.",
    )
    terms: tuple[str, ...] = option(
        (), doc="Only these terms (columns, terms or coefficients); the note names the others."
    )
    order: tuple[str, ...] = option((), doc="Terms that come first, in this order.")
    rename: dict[str, str] = option({}, doc="Labels for terms, columns or coefficients.")
    stats: tuple[Name, ...] | None = option(
        None, doc="The statistics of whole models below the coefficients.", examples=("[n, qic]",)
    )


def column_problems(columns: Sequence[Statistic]) -> Iterable[Problem]:
    """A column that is asked for twice; a table without columns."""
    if not columns:
        yield Problem("no-columns", "a table needs at least one of its `columns`", ("columns",))
    for position, name in enumerate(columns):
        if name in columns[:position]:
            yield Problem(
                "column-twice", f"column `{name}` is asked for twice", ("columns", position)
            )


def one_model(names: tuple[str, ...]) -> Iterable[Problem]:
    """The problem of a block about one model that is given several names, or none."""
    if len(names) != 1:
        yield Problem(
            "one-model", f"this table shows one model, and {len(names)} are named", ("models",)
        )


def chosen(
    rows: Sequence[TermRow], options: CoefficientOptions
) -> tuple[tuple[TermRow, ...], tuple[TermRow, ...]]:
    """The rows shown, ordered and renamed, and those left out.

    SpecError where `terms`, `order` or `rename` name what is in none of the models.
    """
    problems = tuple(_unknown(rows, options))
    if problems:
        raise SpecError(problems)
    kept, hidden = _kept(rows, options.terms)
    ordered = sorted(kept, key=lambda row: _place(row, kept, options.order))
    return tuple(_renamed(row, options.rename) for row in ordered), hidden


def _kept(
    rows: Sequence[TermRow], terms: Sequence[str]
) -> tuple[tuple[TermRow, ...], tuple[TermRow, ...]]:
    if not terms:
        return tuple(rows), ()
    wanted = [row for row in rows if row.names & set(terms)]
    # A level that is asked for by its coefficient brings its header and its reference level.
    groups = {row.group for row in wanted}
    kept = [
        row
        for row in rows
        if row in wanted or (row.group in groups and (row.kind == "header" or row.references))
    ]
    rest = [row for row in rows if row not in kept]
    return tuple(kept), tuple(row for row in rest if row.indent == 0 or row.group in groups)


def _place(row: TermRow, rows: Sequence[TermRow], order: Sequence[str]) -> int:
    names = frozenset().union(*(other.names for other in rows if other.group == row.group))
    places = [position for position, name in enumerate(order) if name in names]
    return min(places, default=len(order))


def _renamed(row: TermRow, rename: dict[str, str]) -> TermRow:
    names = set(row.coefs.values()) if row.kind in ("level", "reference") else row.names
    label = next((text for name, text in rename.items() if name in names), None)
    return row if label is None else replace(row, label=label, full=label)


def _unknown(rows: Sequence[TermRow], options: CoefficientOptions) -> Iterable[Problem]:
    known = sorted(frozenset().union(*(row.names for row in rows)))
    written: list[tuple[Path, str]] = [
        *((("terms", position), name) for position, name in enumerate(options.terms)),
        *((("order", position), name) for position, name in enumerate(options.order)),
        *((("rename", name), name) for name in options.rename),
    ]
    for path, name in written:
        if name not in known:
            close = similar(name, known)
            yield Problem(
                "unknown-term", f"`{name}` is a term of none of the models shown", path,
                hint=f"did you mean `{close}`?" if close else "",
                key=path[0] == "rename",
            )  # fmt: skip
