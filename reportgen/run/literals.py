"""Numbers written by hand in prose that are results: they will not follow the data.

Compared with the record of an earlier build (`results.json`); nothing is read or fitted. A number
counts as a result where it is one to the digits that it is written with. Years, small whole
numbers, and the round numbers of every text (0.05, 95%) are left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import exp, isfinite
from pathlib import Path
from typing import Any

from reportgen.core import numbers
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Path as Keys
from reportgen.core.errors import Problem
from reportgen.plan.source import locate
from reportgen.plan.types import FitPlan, Plan
from reportgen.writers.texts.masking import masked

SCHEMA, RESULTS = "reportgen/results/1", "results.json"
_NUMBER = re.compile(
    r"(?<![\w.,/\[\u2013^-])(?<![\w.][-\u2212])(?P<sign>[-\u2212])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<percent>\s?%)?"
    r"(?![\w/\]]|[-\u2013]\d|[.,]\d)"
)
_NOT_TEXT = re.compile(r"\]\([^)\n]{0,300}\)|https?://\S+|^[ \t]*\d+[.)][ \t]", re.MULTILINE)
_NUMBERED = re.compile(
    r"(?i)(?:\b(?:sections?|tables?|figures?|figs?\.|chapters?|versions?|pages?|pp?\.|equations?|eqs?\."
    r"|appendix|abschnitt|tabelle|abbildung|abb\.|tab\.|kapitel|seite|tableau|chapitre|tabla|figura"
    r"|tabela|cap[ií]tulo)|§|v)\s?$"
)
"""What stands before the number of a table, a section, a version."""
COMMON = frozenset(map(Decimal, (
    "0.05", "0.01", "0.001", "0.1", "0.2", "0.25", "0.5", "0.75", "0.8", "0.9", "0.95", "0.99",
    "0.999", "1", "2", "1.96", "1.645", "2.58", "3.14", "97.5", "99.9",
)))  # fmt: skip
"""Levels, limits and quantiles that every text has."""
LONGEST_WORD = 16
FEWEST_DIGITS = 2
"""Significant digits that a number has before it is compared."""
SURE_DIGITS = 3
"""From so many on it is compared with every number of a model, not only its main ones."""
SMALLEST_COUNT = 100
YEARS = range(1500, 2200)
LARGEST_LOGARITHM = 20
MAIN = ("estimate", "se", "low", "high")
MORE = ("statistic", "p", "df")
RATIOS = frozenset({
    "logit", "poisson", "negativebinomial", "zeroinflatedpoisson", "zeroinflatednegativebinomial",
    "mnlogit", "ordered", "phreg", "ordinal_gee", "nominal_gee",
})  # fmt: skip
"""Kinds whose coefficients are logarithms of ratios, whatever their options."""
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Known:
    """A number of the record: what prose calls it, which model has it, and whether it is a main
    one; `ratio` is what it is as the exponential of a coefficient, too.
    """

    expression: str
    model: str
    what: str
    value: float
    main: bool = True
    ratio: bool = False


@dataclass(frozen=True)
class Written:
    """A number in a text: its text, where it stands, its value, and its decimals. `signed`: it has
    a minus.
    """

    text: str
    offset: int
    value: Decimal
    decimals: int
    percent: bool
    signed: bool = False

    @property
    def size(self) -> float:
        """The value, near enough to tell others apart from it."""
        return float(self.value)

    @property
    def digits(self) -> int:
        """Significant digits."""
        return len(str(abs(self.value)).replace(".", "").lstrip("0"))


# ── the record ───────────────────────────────────────────────────────────────────────────────


def found_records(folder: Path) -> list[Mapping[str, Any]]:
    """The records of the builds in a report's folder: one, or of a matrix one for each report."""
    places = [folder / RESULTS, *sorted(folder.glob(f"*/{RESULTS}"))]
    return [found for place in places if (found := _record(place)) is not None]


def _record(path: Path) -> Mapping[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(found, dict) and found.get("schema") == SCHEMA
    return found if known else None


def known_numbers(results: Mapping[str, Any], plan: Plan) -> tuple[Known, ...]:
    """Every number of a record that the plan's prose could name, the main ones of all first."""
    found = [each for name in plan.datasets for each in _of_data(name, results)]
    for id_, model in results.get("models", {}).items():
        fit = plan.fits.get(id_) or plan.fits.get(id_.partition("[")[0])
        if fit is not None:
            found += _of_model(id_, model, fit)
    usable = (each for each in found if isfinite(each.value) and each.value != 0)
    return tuple(sorted(usable, key=lambda each: not each.main))


def _of_data(name: str, results: Mapping[str, Any]) -> Iterator[Known]:
    for field in ("n", "rows_read"):
        value = results.get("datasets", {}).get(name, {}).get(field)
        if value is not None:
            yield Known(f"data.{name}.{field}", name, field, value)


def _of_model(id_: str, model: Mapping[str, Any], fit: FitPlan) -> Iterator[Known]:
    name, bracket, member = id_.partition("[")
    base = f"models.{name}" + (_part(member.removesuffix("]"), always=True) if bracket else "")
    ratio = fit.kind in RATIOS or getattr(fit.options, "family", "gaussian") != "gaussian"
    for path, value in _leaves(model):
        parts = path.split("\0")
        field = parts[-1]
        aside = parts[0] == "stats" or "Intercept" in parts
        main = not aside and (len(parts) == 1 or field in (*MAIN, "var", "sd", "min", "max"))
        yield Known(
            base + "".join(map(_part, parts)), id_, " ".join(parts), value, main,
            ratio and parts[0] == "coef" and field in ("estimate", "low", "high"),
        )  # fmt: skip


def _leaves(model: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The numbers of a model that prose can name, by their paths."""
    for field in ("n", "n_groups", "icc"):
        if model.get(field) is not None:
            yield field, model[field]
    for part in ("group_size", "stats"):
        for name, value in (model.get(part) or {}).items():
            if value is not None:
                yield f"{part}\0{name}", value
    for part, fields in (("coef", (*MAIN, *MORE)), ("variance", ("var", "sd", "se"))):
        for name, held in (model.get(part) or {}).items():
            for field in fields:
                if held.get(field) is not None:
                    yield f"{part}\0{name}\0{field}", held[field]


def _part(name: str, always: bool = False) -> str:
    return f".{name}" if _NAME.fullmatch(name) and not always else f'["{name}"]'


# ── the texts ────────────────────────────────────────────────────────────────────────────────


def literals(plan: Plan, results: Mapping[str, Any]) -> list[Problem]:
    """A problem for each number written by hand that is one of the results."""
    known = known_numbers(results, plan)
    found = []
    for path, text in _texts(plan):
        for written in numbers_in(text):
            match = _same(written, known, text)
            if match is not None:
                found.append(_problem(written, *match, path, plan))
    return found


def _texts(plan: Plan) -> Iterator[tuple[Keys, str]]:
    if plan.abstract:
        yield ("abstract",), plan.abstract
    for block in plan.blocks:
        if block.verb in ("text", "claim"):
            yield (*block.path, block.verb), block.object


def numbers_in(text: str) -> Iterator[Written]:
    """The numbers of a text that somebody wrote, without those that cannot be results."""
    shown = _NOT_TEXT.sub(lambda found: "x" * len(found[0]), masked(text, "x"))
    for match in _NUMBER.finditer(shown):
        digits, signed = match["digits"].replace(",", ""), bool(match["sign"])
        decimals = len(digits.partition(".")[2])
        value = -Decimal(digits) if signed else Decimal(digits)
        percent = bool(match["percent"])
        written = Written(match[0].rstrip(), match.start(), value, decimals, percent, signed)
        before = shown[max(0, match.start() - LONGEST_WORD) : match.start()]
        if not _ordinary(written, match["digits"]) and not _NUMBERED.search(before):
            yield written


def _ordinary(written: Written, digits: str) -> bool:
    """Whether a number is one of those that every text has."""
    if written.decimals:
        return written.digits < FEWEST_DIGITS or written.value in COMMON
    whole = int(written.value)
    year = whole in YEARS and "," not in digits
    return written.percent or whole < SMALLEST_COUNT or year


def _same(written: Written, known: Iterable[Known], text: str) -> tuple[Known, str] | None:
    """The number of the record that is written here, and how prose would write it; one of a model
    that the text names already comes first.
    """
    found = [
        (each, how)
        for each in known
        if (each.main or written.digits >= SURE_DIGITS)
        for how in _ways(each, written)
    ]
    named = (pair for pair in found if re.search(rf"\b{re.escape(pair[0].model)}\b", text))
    return next(named, None) or next(iter(found), None)


def _ways(known: Known, written: Written) -> Iterator[str]:
    """How a number is written so: as it is, without its sign, as a ratio, as a percentage."""
    plain = f"num({written.decimals})"
    if not written.decimals:
        if isinstance(known.value, int) and known.value == written.value:
            yield f"{known.expression} | count"
        return
    if written.percent:
        if _rounds(100 * known.value, written) and 0 < known.value < 1:
            yield (
                f"{known.expression} | pct"
                if written.decimals == 1
                else f"(100 * {known.expression}) | {plain}"
            )
        return
    if _rounds(known.value, written):
        yield f"{known.expression} | {plain}"
    elif not written.signed and _rounds(-known.value, written):
        yield f"{known.expression} | abs | {plain}"
    possible = known.ratio and abs(known.value) < LARGEST_LOGARITHM
    if possible and _rounds(exp(known.value), written):
        yield f"{known.expression} | exp | {plain}"


def _rounds(value: float, written: Written) -> bool:
    """Whether a value is written so; most are told apart without an exact look."""
    if abs(value - written.size) > 10.0**-written.decimals:
        return False
    unit = Decimal(1).scaleb(-written.decimals)
    return Decimal(repr(float(value))).quantize(unit, ROUND_HALF_UP) == written.value


def _problem(written: Written, known: Known, how: str, path: Keys, plan: Plan) -> Problem:
    text = written.text.replace(numbers.MINUS, "-")
    return Problem(
        "literal-number",
        f"{text} is written by hand and is a result: `{known.what}` of `{known.model}`; it will "
        "not follow the data",
        help=f"write `{{{{ {how} }}}}`",
        place=locate(plan.source, path, written.offset, len(written.text)),
        severity="warning",
    )
