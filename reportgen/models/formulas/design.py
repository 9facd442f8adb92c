"""From a formula and rows to the arrays a model is fitted to. Heavy: imported where rows are.

patsy codes the categories (which contrasts are redundant is its subject), on columns that were
evaluated here: it looks names up in a dictionary and evaluates nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import patsy

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.levels import level_texts
from reportgen.core.saying import unfit
from reportgen.core.sentences import Names, named_column, named_level, named_term, say
from reportgen.core.types import Frame, Note, Term, Variable, level_text
from reportgen.models.base import codes_of, is_text
from reportgen.models.engines.regressions.blocks import Blocks
from reportgen.models.formulas.coding import Levels, Numbers, codes, columns_of
from reportgen.models.formulas.evaluate import holds_text, is_binary, is_category, numbers
from reportgen.models.formulas.factors import Category, Column, Factor
from reportgen.models.formulas.formula import Formula
from reportgen.models.formulas.formula import Term as FormulaTerm
from reportgen.models.formulas.rows import check_placed, complete
from reportgen.models.health.codes import finding
from reportgen.models.health.levels import check_count, check_levels, check_size, mixed_levels
from reportgen.models.known import column, lately, once

if TYPE_CHECKING:
    import pandas as pd

MOST_OUTCOMES, MOST_CODES = 20, 6
NO_VARIABLES: Mapping[str, Variable] = {}


@dataclass(frozen=True)
class Design:
    """The arrays of a model: y (n,), X (n, p) as blocks, the rows used, and what was left out and
    why.

    `columns` are those that had to be complete; `levels` those of an outcome of categories, whose
    y are their places 0 … J - 1.
    """

    formula: Formula
    y: np.ndarray
    blocks: Blocks
    names: tuple[str, ...]
    terms: tuple[Term, ...]
    rows: pd.DataFrame
    n_read: int
    missing: Mapping[str, int]
    event: str | None
    notes: tuple[Note, ...]
    columns: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def X(self) -> np.ndarray:  # noqa: N802 (so it is called)
        """X (n, p) as a whole, kept from then on: for kinds that do not go block by block."""
        return self.blocks.whole

    @property
    def n(self) -> int:
        """The number of rows used."""
        return len(self.y)

    @property
    def outcome(self) -> str:
        """The outcome as the formula writes it."""
        assert self.formula.outcome is not None
        return self.formula.outcome.text

    def column(self, name: str) -> np.ndarray:
        """A column of the rows used, shape (n,), as it is in the data."""
        return column(self.rows, name).to_numpy()

    def clusters(self, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
        """The clusters of the rows as codes (n,), and their names."""
        return lately(self.rows, ("clusters", name), lambda: codes_of(column(self.rows, name)))


def build(
    formula: Formula,
    frame: Frame,
    extra: Iterable[str | None] = (),
    *,
    groups: str | None = None,
    categories: bool = False,
) -> Design:
    """The design of a formula on the complete rows of its columns and of `extra` columns.

    With `categories` the outcome is one of levels, in their order of display, its reference first.

    FitError where no row is complete or the outcome has one value. DataError where such a row
    has no cluster in the column `groups`.
    """
    used = tuple(dict.fromkeys((*formula.columns, *(name for name in extra if name))))
    rows, missing = complete(frame, used)
    if groups is not None:
        check_placed(rows, groups)
    variables = frame.facts.variables
    assert formula.outcome is not None
    event: str | None = None
    levels: tuple[str, ...] = ()
    if categories:
        y, levels = _categories(formula.outcome, rows, variables)
    else:
        y, event = _outcome(formula.outcome, rows, variables)
    if np.all(y == y[0]):
        said = say("constant-outcome", outcome=named_term(formula.outcome.text), rows=len(y))
        raise unfit(said, ("formula",))
    X, names, terms = blocks(formula, rows, variables)
    mixed = (note for name in formula.columns for note in mixed_levels(column(rows, name)))
    notes = (*_numbered(formula, rows, variables), *_unused(formula, rows, variables), *mixed)
    return Design(
        formula, y, X, names, terms, rows, len(frame.table), missing, event, tuple(notes), used,
        levels,
    )  # fmt: skip


def matrix(
    formula: Formula,
    rows: pd.DataFrame,
    variables: Mapping[str, Variable] = NO_VARIABLES,
    *,
    at: pd.DataFrame | None = None,
) -> tuple[np.ndarray, tuple[str, ...], tuple[Term, ...]]:
    """The design matrix (n, p), statsmodels' names of its columns, and the terms they belong to.

    Columns stand in the order of the formula, the intercept first. With `at` the matrix is that of
    other rows, coded as `rows` are: their levels, their means, their knots.
    """
    found, names, terms = blocks(formula, rows, variables, at=at)
    return found.whole, names, terms


def blocks(
    formula: Formula,
    rows: pd.DataFrame,
    variables: Mapping[str, Variable] = NO_VARIABLES,
    *,
    at: pd.DataFrame | None = None,
) -> tuple[Blocks, tuple[str, ...], tuple[Term, ...]]:
    """The same, a block of rows made when it is asked for."""
    at = rows if at is None else at
    if not formula.terms:
        one = _term(None, ("Intercept",), rows, variables)
        return Blocks.of(np.ones((len(at), 1))), ("Intercept",), (one,)
    coded = {factor.text: _coded(factor, rows, variables, at) for factor in factors_of(formula)}
    widths = {name: _width(*pair) for name, pair in coded.items()}
    columns = sum(prod(widths[each.text] for each in term.factors) for term in formula.terms)
    check_size(len(at), columns)
    coder, named = columns_of(formula, coded)
    heads: list[FormulaTerm | None] = [*([None] if formula.intercept else []), *formula.terms]
    terms = tuple(_term(head, own, rows, variables) for head, own in zip(heads, named, strict=True))
    names = tuple(name for own in named for name in own)
    return Blocks(len(at), len(names), coder.block), names, terms


def levels_of(column: pd.Series[Any], variable: Variable | None) -> tuple[str, ...]:
    """The levels that occur, as texts: in the declared order, or sorted as patsy sorts them."""
    present = column.drop_duplicates().dropna().to_numpy()
    declared = list(variable.levels) if variable else []
    if is_text(column):
        found = sorted({level_text(value) for value in present.tolist()})
    else:
        found = [level_text(value) for value in sorted(present.tolist())]
    occurring, ordered = set(found), set(declared)
    known = [level for level in declared if level in occurring]
    return (*known, *(level for level in found if level not in ordered))


# ── coding ───────────────────────────────────────────────────────────────────────────────────


def factors_of(formula: Formula) -> dict[Factor, None]:
    """The factors of the terms, each once."""
    return dict.fromkeys(factor for term in formula.terms for factor in term.factors)


def _coded(
    factor: Factor, rows: pd.DataFrame, variables: Mapping[str, Variable], at: pd.DataFrame
) -> tuple[Any, Numbers | Levels]:
    """The values of a factor over the rows `at`, and what patsy shall make of them."""
    if not is_category(factor, rows):
        return _numbers(factor, rows, at), Numbers(factor.text)
    values, variable = column(rows, factor.columns[0]), variables.get(factor.columns[0])
    if isinstance(factor.node, Column) and not (variable and variable.levels):
        check_levels(values)
    levels = levels_of(values, variable)
    if len(levels) < 2:
        level = named_level(levels[0], factor.columns[0])
        raise unfit(
            say("one-level", name=named_term(factor.text), level=level), ("formula",),
            help="leave it out, or see which step of the sample left one level",
        )  # fmt: skip
    check_count(len(levels), factor.text)
    contrast = _contrast(factor, levels, variables)
    return codes(at[factor.columns[0]], levels), Levels(factor.text, levels, contrast)


def _numbers(factor: Factor, rows: pd.DataFrame, at: pd.DataFrame) -> np.ndarray:
    """The values of a factor of numbers; a column of whole numbers stays as it is."""
    if isinstance(factor.node, Column):
        own = column(at, factor.node.name)
        if isinstance(own.dtype, np.dtype) and own.dtype.kind in "iu":
            return own.to_numpy()
    return numbers(factor, rows, at)


def _width(values: Any, coding: Numbers | Levels) -> int:
    """How many columns a factor has at most."""
    if isinstance(coding, Levels):
        return len(coding.levels)
    return int(values.shape[1]) if values.ndim > 1 else 1


def _contrast(factor: Factor, levels: Sequence[str], variables: Mapping[str, Variable]) -> Any:
    node = factor.node
    if isinstance(node, Category) and node.contrast != "Treatment":
        return {"Sum": patsy.Sum, "Poly": patsy.Poly}[node.contrast]()
    return patsy.Treatment(reference=levels.index(_reference(factor, levels, variables)))


def _reference(factor: Factor, levels: Sequence[str], variables: Mapping[str, Variable]) -> str:
    """The base level: the formula's, else the column's own, else the first."""
    node = factor.node
    asked = node.reference if isinstance(node, Category) else None
    if asked is not None:
        wanted = level_text(asked)
        if wanted not in levels:
            raise DataError(Problem(
                "unknown-level", f"`{factor.text}`: there is no level `{wanted}` in the rows used",
                ("formula",), help=f"levels: {', '.join(levels)}",
            ))  # fmt: skip
        return wanted
    variable = variables.get(factor.columns[0])
    own = variable.reference if variable else None
    return own if own is not None and own in levels else levels[0]


def _term(
    term: FormulaTerm | None,
    names: tuple[str, ...],
    rows: pd.DataFrame,
    variables: Mapping[str, Variable],
) -> Term:
    """What blocks may know of a term."""
    if term is None:
        return Term("Intercept", (), names, "intercept")
    plain = Term(term.name, term.columns, names, "other")
    if len(term.factors) > 1:
        return plain
    factor = term.factors[0]
    if not is_category(factor, rows):
        single = isinstance(factor.node, Column) and len(names) == 1
        binary = single and _binary(rows, factor.columns[0])
        return replace(plain, kind="numeric" if single else "other", binary=binary)
    if isinstance(factor.node, Category) and factor.node.contrast != "Treatment":
        return plain
    levels = levels_of(rows[factor.columns[0]], variables.get(factor.columns[0]))
    base = _reference(factor, levels, variables)
    if len(names) == len(levels):
        return replace(plain, kind="categorical", levels=dict(zip(levels, names, strict=True)))
    shown = [level for level in levels if level != base]
    coefs = dict(zip(shown, names, strict=True))
    return replace(plain, kind="categorical", levels=coefs, reference=base)


def _binary(rows: pd.DataFrame, name: str) -> bool:
    return once(rows, ("binary", name), lambda: is_binary(column(rows, name)))


# ── the outcome ──────────────────────────────────────────────────────────────────────────────


def _outcome(
    factor: Factor, rows: pd.DataFrame, variables: Mapping[str, Variable]
) -> tuple[np.ndarray, str | None]:
    """The outcome as numbers. Two levels of text become 0 and 1, the later one the event: left to
    patsy the first would become it, and every sign would turn.
    """
    if not isinstance(factor.node, Column) or not holds_text(rows, factor.node.name):
        return numbers(factor, rows), None
    name = factor.node.name
    variable = variables.get(name)
    levels = levels_of(rows[name], variable)
    if len(levels) > 2:
        raise DataError(Problem(
            "outcome-levels", f"the outcome `{name}` is text with {len(levels)} levels",
            ("formula",), help="a model of numbers needs a recode, such as `map` to 0 and 1",
        ))  # fmt: skip
    base = variable.reference if variable and variable.reference in levels else levels[0]
    event = next((level for level in levels if level != base), base)
    return (level_texts(rows[name]) == event).to_numpy(dtype=float), event


def yes_or_no(
    column: pd.Series[Any], variable: Variable, key: str
) -> tuple[np.ndarray, str | None]:
    """A column of two values as 0 and 1, and which value is 1 where it was text. DataError for
    numbers other than 0 and 1.
    """
    if is_text(column):
        levels = levels_of(column, variable)
        base = variable.reference if variable.reference in levels else levels[0]
        event = next((level for level in levels if level != base), base)
        if len(levels) <= 2:
            return (level_texts(column) == event).to_numpy(dtype=float), event
    elif set(column.unique().tolist()) <= {0, 1}:
        return column.to_numpy(dtype=float), None
    raise DataError(Problem(
        "outcome-range", f"`{column.name}` must be 0 and 1, or a no and a yes", (key,),
        help="recode it with `map`",
    ))  # fmt: skip


def _categories(
    factor: Factor, rows: pd.DataFrame, variables: Mapping[str, Variable]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The outcome as places among its levels, and the levels."""
    if not isinstance(factor.node, Column):
        raise DataError(Problem(
            "outcome-levels", f"the outcome `{factor.text}` is no column of levels", ("formula",)
        ))  # fmt: skip
    name = factor.node.name
    levels = levels_of(rows[name], variables.get(name))
    if len(levels) > MOST_OUTCOMES:
        raise DataError(Problem(
            "outcome-levels", f"the outcome `{name}` has {len(levels):,} different values, too "
            "many for levels", ("formula",), help="recode it with `cut`, or use a kind for numbers",
        ))  # fmt: skip
    place = {level: number for number, level in enumerate(levels)}
    return level_texts(rows[name]).map(place).to_numpy(dtype=float), levels


# ── what a reader should know ────────────────────────────────────────────────────────────────


def _numbered(
    formula: Formula, rows: pd.DataFrame, variables: Mapping[str, Variable]
) -> Iterable[Note]:
    """Codes with named levels that enter as numbers, and numbers that may be codes."""
    for factor in factors_of(formula):
        if not isinstance(factor.node, Column) or is_category(factor, rows):
            continue
        variable = variables.get(factor.node.name)
        name = factor.node.name
        if variable and variable.levels:
            yield finding(say("codes-as-numbers", name=named_column(name), code=f"C({name})"))
        elif last := _last_code(rows, name):
            yield finding(
                say("possible-codes", name=named_column(name), last=last, code=f"C({name})")
            )


def _last_code(rows: pd.DataFrame, name: str) -> int:
    return once(rows, ("codes", name), lambda: _counted(column(rows, name)))


def _counted(found: pd.Series[Any]) -> int:
    """The last of a column's values where these are 1, 2, 3 … and at most 6; else 0."""
    if found.iloc[: MOST_CODES * 100].nunique() > MOST_CODES:
        return 0
    values = sorted(found.unique().tolist())
    codes = len(values) > 2 and values == list(range(1, len(values) + 1))
    return len(values) if codes and len(values) <= MOST_CODES else 0


def _unused(
    formula: Formula, rows: pd.DataFrame, variables: Mapping[str, Variable]
) -> Iterable[Note]:
    """Declared levels that no row has: they would be columns of zeros."""
    for factor in factors_of(formula):
        if not is_category(factor, rows):
            continue
        variable = variables.get(factor.columns[0])
        present = set(levels_of(rows[factor.columns[0]], variable))
        gone = [level for level in (variable.levels if variable else ()) if level not in present]
        if variable and gone:
            levels = Names("level", tuple(gone), variable.name)
            yield finding(say("unused-levels", name=named_column(variable.name), levels=levels))
