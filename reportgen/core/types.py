"""What flows through the house, in the order in which it is made. Read this file first.

    Frame → (Fit) → Result → Table | Figure | Text → Document → bytes

Everything but a Frame (which holds one DataFrame) is plain data: it can be written as JSON,
read back, and be equal to what it was. Numbers stay numbers until a writer turns them into text.
This file ends with the Result; what it says of clusters is in `clusters.py`, of Table 1 in
`description.py`. Tables, figures and the Document are in `document.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.clusters import (
    Component,
    Effect,
    GroupSize,
    IccPoint,
    Spread,
    WorkingCorrelation,
)
from reportgen.core.dataclass import dataclass
from reportgen.core.description import Difference, Summary
from reportgen.core.errors import Place
from reportgen.core.saying import english
from reportgen.core.sentences import Sentence

if TYPE_CHECKING:
    import pandas as pd

Scalar = str | int | float | bool | None


# ── rows: what the data wing makes ───────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Measure:
    """What 1 of a recoded column is: so much of another column; None is its standard deviation."""

    column: str
    amount: float | None = 1.0


@dataclass(frozen=True)
class Variable:
    """A column as a reader of the report meets it.

    `levels` maps a level's text (see `level_text`) to what is shown for it, in display order;
    it is empty for a numeric column. `reference` is the base level, where it is not the first.
    `definition` says how a column without a label of its own was made: "10 × stratum + unit".
    `measure` says what 1 of it is, where a recode gave it another origin or unit. `said` has the
    levels that nobody named, an interval's name among them, for a report in any language.
    """

    name: str
    label: str
    unit: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    reference: str | None = None
    categorical: bool = False
    definition: str = ""
    measure: Measure | None = None
    said: Mapping[str, Sentence] = field(default_factory=dict)

    def show(self, level: str) -> str:
        """The text shown for a level; the level itself where nothing else was declared."""
        return self.levels.get(level, level)


@dataclass(frozen=True)
class Step:
    """One row of the flow table: how many rows there were before a step, and after it.

    `said` is its author's label, or the sentence that describes it.
    """

    said: str | Sentence
    before: int
    after: int

    @property
    def label(self) -> str:
        """What the step is called: by its author, or in English."""
        return english(self.said).replace("`", "") if isinstance(self.said, Sentence) else self.said


@dataclass(frozen=True)
class Note:
    """Something a reader must know about a dataset or a fit, with a stable code.

    `said` is a sentence that the report says in its language, or a text (a plugin's, a library's).
    `coefs` names the coefficients it is about; where it is empty it is about the whole.
    """

    level: Literal["info", "warning", "error"]
    code: str
    said: str | Sentence
    coefs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is said: in the report's language where it was put in words, else in English."""
        return english(self.said)


@dataclass(frozen=True)
class Facts:
    """What the rest of the house may know about a dataset without seeing a row of it."""

    name: str
    rows_read: int
    n: int
    sha256: str
    steps: tuple[Step, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def label(self, column: str) -> str:
        """The label of a column; its name where it has none."""
        variable = self.variables.get(column)
        return variable.label if variable else column


@dataclass(frozen=True)
class Frame:
    """A prepared table and the facts about it. The only noun that holds rows."""

    table: pd.DataFrame
    facts: Facts


def level_text(value: object) -> str:
    """The canonical text of a level: 2, 2.0 and "2" are all "2"; True is "True", numpy's too."""
    if type(value) is int or isinstance(value, str) or type(value).__name__ in ("bool", "bool_"):
        return str(value)
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else str(value)


More = Literal["n", "deff", "cv", "fmi", "riv", "within", "between"]
"""What only some estimators know of a coefficient: the rows, design effect and coefficient of
variation of an estimate from a survey; after multiple imputation the fraction of missing
information, the relative increase in variance, and the standard errors within and between.
"""

# ── results: what a model kind makes ─────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Coef:
    """One coefficient on the scale of the linear predictor; None for what is not defined.

    `df` is None where the statistic is compared with the normal distribution. The keys of `more`
    are among `More`.
    """

    estimate: float | None
    se: float | None = None
    statistic: float | None = None
    df: float | None = None
    p: float | None = None
    low: float | None = None
    high: float | None = None
    variable: str | None = None
    level: str | None = None
    reference: str | None = None
    more: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Term:
    """One term of the formula: a row of a table, or a header with its levels below it.

    `coefs` are the names of its coefficients. `levels` (level → coefficient name) is given for a
    single categorical variable with treatment coding; the reference level is not among its keys.
    A `threshold` term has the thresholds between the outcome's levels, each by the level below it;
    its reference is the highest level. `equation` is a key of the Result's `equations`. `binary`
    is a numeric column that holds nothing but 0 and 1.
    """

    name: str
    variables: tuple[str, ...]
    coefs: tuple[str, ...]
    kind: Literal[
        "intercept", "numeric", "categorical", "other", "threshold", "dispersion"
    ] = "numeric"  # fmt: skip
    levels: Mapping[str, str] = field(default_factory=dict)
    reference: str | None = None
    equation: str = ""
    binary: bool = False


@dataclass(frozen=True)
class Equation:
    """A set of coefficients that is shown as a block of rows of its own.

    `kind`: "count" and "inflate" (the two parts of a zero-inflated model), "outcome" (`level` of
    the outcome against `reference`), "threshold", "dispersion". `prefix` stands before the plain
    name of a term in the names of its coefficients (`inflate_`). `scale` is what
    exp(coefficient) is in this equation (see Method); None where it has no meaning.
    """

    kind: Literal["count", "inflate", "outcome", "threshold", "dispersion"]
    prefix: str = ""
    scale: str | None = None
    level: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Wald:
    """A test that all coefficients of a term are zero: F where `df_resid` is given, else χ²."""

    statistic: float
    df: int
    df_resid: float | None
    p: float


@dataclass(frozen=True)
class Compared:
    """What is set against what, by column: the values of `first` minus those of `second`.

    `name` says what it is where it is not that: "slope" (of the column in `first`), "rest" (a level
    against the mean of all), "linear", "quadratic", "cubic", "power 4" … (a trend over the levels),
    "custom" (weights of the author's, called `label`).
    """

    first: Mapping[str, str | float] = field(default_factory=dict)
    second: Mapping[str, str | float] = field(default_factory=dict)
    name: str = ""
    label: str = ""


@dataclass(frozen=True)
class Margin:
    """A quantity made of a fit: a marginal mean, a prediction, a comparison or an average effect.

    `at` holds the values it is for, by column: a level as text, a number as number. A comparison
    of comparisons (an interaction) has one `compared` for each column. `outcome` is the level of
    the outcome that it is about, "" where the outcome is one number.
    """

    value: Coef
    at: Mapping[str, str | float] = field(default_factory=dict)
    compared: tuple[Compared, ...] = ()
    outcome: str = ""


@dataclass(frozen=True)
class Method:
    """How the numbers came about, in stable words that blocks turn into notes.

    `estimator`: ols, wls, glm, gee, ml, reml, laplace, agq …; `se`: nonrobust, robust, HC1,
    cluster, naive, bias_reduced, observed, conventional …; `link`: identity, logit, log …;
    `scale`: what exp(coefficient) is: "odds_ratio", "rate_ratio", "ratio" or None where it has
    no meaning; `target`: "population" or "cluster" for a non-linear link with clusters.
    """

    estimator: str
    se: str
    engine: str = "statsmodels"
    family: str = "gaussian"
    link: str = "identity"
    scale: str | None = None
    target: str | None = None
    groups: str | None = None
    correlation: str | None = None
    event: str | None = None
    details: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def descriptive(self) -> bool:
        """Whether its numbers describe a population (a mean, a share): none is special, not 0."""
        return self.estimator.startswith("survey_")


@dataclass(frozen=True)
class Result:
    """A fit as plain data: a row a term, a row a model, a row an observation, and the notes.

    `vcov` is the covariance matrix of the coefficients, in the order of `coef` and of the same kind
    as their standard errors (0 where one is withheld); `wald` has a joint test for each term, by
    the term's name.
    `missing` counts the missing values of each column, of which those of `imputed` were imputed.
    `equations` is empty where all coefficients belong to one; its key is Term's `equation`, and
    terms without one are the main equation, whose scale is that of `method`.
    `variance`, `covariance` and `correlation` are keyed by statsmodels' component names
    ("group", "age_cen"; pairs "group,age_cen"). `stats` holds only what the estimator defines:
    llf, aic, bic, scale, rsquared, … `spread` says how well other numbers are known: keys are
    "covariance:group,age_cen", "correlation:group,age_cen", "scale" (the residual variance), "icc".
    `icc_at` has the intraclass correlation along each covariate whose slope varies. `rows` is a
    digest of which rows were used. `center` and `ranges` describe the design: mean of each design
    column, (min, max) of each numeric column used, overall and within each cluster.
    `columns` are those that had to be complete for a row to be used, `inputs` those that other
    keys than the formula name ("offset", "exposure", "weights", "freq_weights", "var_weights").
    `margins` are what a block asked to be computed from the fit. `observations` have a row an
    observation (observed, fitted, residual), or a row a point of what a block asked for.
    """

    kind: str
    status: Literal["ok", "warning", "failed"]
    formula: str = ""
    outcome: str | None = None
    n: int = 0
    n_read: int = 0
    rows: str = ""
    missing: Mapping[str, int] = field(default_factory=dict)
    imputed: Mapping[str, int] = field(default_factory=dict)
    n_groups: int | None = None
    group_size: GroupSize | None = None
    events: int | None = None
    confidence: float = 0.95
    method: Method | None = None
    coef: Mapping[str, Coef] = field(default_factory=dict)
    vcov: tuple[tuple[float, ...], ...] = ()
    wald: Mapping[str, Wald] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    equations: Mapping[str, Equation] = field(default_factory=dict)
    stats: Mapping[str, float | None] = field(default_factory=dict)
    icc: float | None = None
    icc_at: Mapping[str, tuple[IccPoint, ...]] = field(default_factory=dict)
    working: WorkingCorrelation | None = None
    variance: Mapping[str, Component] = field(default_factory=dict)
    covariance: Mapping[str, float | None] = field(default_factory=dict)
    correlation: Mapping[str, float | None] = field(default_factory=dict)
    spread: Mapping[str, Spread] = field(default_factory=dict)
    random_effects: Mapping[str, Mapping[str, Effect]] = field(default_factory=dict)
    summaries: tuple[Summary, ...] = ()
    margins: tuple[Margin, ...] = ()
    columns: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    center: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    group_ranges: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    observations: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def noted(
    level: Literal["info", "warning", "error"], said: Sentence, coefs: Iterable[str] = ()
) -> Note:
    """A sentence as a Note; its code is that of the sentence."""
    return Note(level, said.code, said, tuple(coefs))


def failed(kind: str, code: str, said: str | Sentence, **known: Any) -> Result:
    """The Result of a fit that gave no usable numbers: it says why, and holds nothing else."""
    return Result(kind=kind, status="failed", notes=(Note("error", code, said),), **known)


@dataclass(frozen=True)
class Model:
    """A fit under the name and label that its author gave it.

    `id` is "name", "name[value]" for a member of a list (`each`) or a subgroup (`by`);
    `values` holds what the list put in for each of its names; `options` what was asked of its kind,
    by key, the kind's own defaults among them.
    """

    id: str
    name: str
    label: str
    data: str
    result: Result
    values: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
