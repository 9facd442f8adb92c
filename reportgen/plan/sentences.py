"""Sentences in prose: each is about a model and a coefficient that the build will have.

What the data alone decide (the levels of a column, the variances of a model) is told by the build.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.blocks.factors import factors
from reportgen.blocks.statements.asked import MANNERS, Asked, asked, refuse, single_reading
from reportgen.core.errors import SpecError
from reportgen.models.formulas.formula import Formula, parse
from reportgen.plan.check import Spec
from reportgen.plan.problems import nearest
from reportgen.plan.types import FitPlan


def check_sentence(text: str, arguments: Mapping[str, Any], spec: Spec) -> None:
    """SpecError for what is wrong with `sentence("text", …)`, without its place."""
    _manner(arguments)
    wanted = asked(text)
    fit = _fit(wanted, spec)
    if fit is not None:
        _coefficient(wanted, fit)


def _manner(arguments: Mapping[str, Any]) -> None:
    for name, value in arguments.items():
        if name not in MANNERS:
            refuse(
                f"a sentence has no argument `{name}`", hint=nearest(name, MANNERS),
                help=f"there are: {', '.join(MANNERS)}",
            )  # fmt: skip
        if name in ("p", "adjusted") and not isinstance(value, bool):
            refuse(f"`{name}` is true or false")
        if name == "per" and (isinstance(value, bool) or not value > 0):
            refuse("`per` is a number above 0")
        if name == "decimals" and (isinstance(value, bool) or value not in range(7)):
            refuse("`decimals` is a whole number from 0 to 6")


def _fit(wanted: Asked, spec: Spec) -> FitPlan | None:
    """The model that is meant; None where what is wrong with it is told elsewhere."""
    name = wanted.model.partition("[")[0]
    members = [fit for fit in spec.fits.values() if fit.name == name]
    if not members and name in spec.names:
        return None
    if not members:
        names = tuple(dict.fromkeys(fit.name for fit in spec.fits.values()))
        refuse(
            f"there is no model `{name}`", hint=nearest(name, names),
            help=f"there are: {', '.join(names)}",
        )  # fmt: skip
    if members[0].by is not None and "[" in wanted.model:
        return members[0]
    ids = tuple(fit.id for fit in members)
    if wanted.model not in ids or members[0].by is not None:
        refuse(
            f"`{wanted.model}` is not one model, and a sentence is about one",
            hint=nearest(wanted.model, ids) if "[" in wanted.model else "",
            help=f"name one of {', '.join(ids[:12])}"
            if members[0].by is None
            else f"name one level: `{name}[…]`",
        )
    return spec.fits[wanted.model]


def _coefficient(wanted: Asked, fit: FitPlan) -> None:
    text = getattr(fit.options, "formula", None)
    if not text:
        return  # the estimates of a survey are named by the levels that the data have
    try:
        formula = parse(text)
    except SpecError:
        return  # told where the formula stands
    kind, name = wanted.statistic
    terms = {term.name: term.columns for term in formula.terms}
    if kind == "wald" and name not in terms:
        _unknown("term", name, tuple(terms), fit)
    if not kind:
        _reading(wanted.what, terms, formula, fit)


def _reading(
    what: str, terms: Mapping[str, tuple[str, ...]], formula: Formula, fit: FitPlan
) -> None:
    """That `what` is a coefficient of the formula, or a column, and can be read alone."""
    if what == "Intercept":
        refuse("`Intercept` compares nothing, so no sentence can be made of it")
    known = tuple(name.text for name in formula.names[1:])
    columns = tuple(name for name in known if name in what)
    if not columns:
        _unknown("covariate", what, known, fit)
    own = [name for name in terms if name == _term(what)] or [
        name for name, used in terms.items() if used == (what,)
    ]
    if not own and len(factors(what)) == 1 and what in known:
        own = [name for name, used in terms.items() if what in used]
    if own and not getattr(fit.options, "exog_infl", None):
        others = {name: used for name, used in terms.items() if name != own[0]}
        single_reading(own[0], terms[own[0]], others)


def _term(what: str) -> str:
    """The term of a coefficient: `C(race)[T.2]:age` → `C(race):age`, `y=2:age` → `age`."""
    parts = [factor.text for factor in factors(what)]
    return ":".join(part for part in parts if "=" not in part or "(" in part)


def _unknown(what: str, given: str, known: tuple[str, ...], fit: FitPlan) -> None:
    refuse(
        f"model `{fit.id}` has no {what} `{given}`", hint=nearest(given, known),
        help=f"there are: {', '.join(known)}" if known else "it has none",
    )  # fmt: skip
