"""The families and links that GLM and GEE may be asked for, and what each outcome must be."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.options import option

if TYPE_CHECKING:
    import numpy as np

FamilyName = Literal["gaussian", "binomial", "poisson", "gamma", "inverse_gaussian",
                     "negative_binomial", "tweedie"]  # fmt: skip
LinkName = Literal["identity", "log", "logit", "probit", "cloglog", "cauchy", "inverse_power",
                   "inverse_squared", "sqrt"]  # fmt: skip


@dataclass(frozen=True)
class Family:
    """A family: statsmodels' class, its usual link, the links that make sense, its outcomes, and
    the key of the parameter that its variance function needs.
    """

    target: str
    link: str
    links: tuple[str, ...]
    outcome: str
    parameter: str = ""


@dataclass(frozen=True, kw_only=True)
class FamilyOptions:
    """Keys of every kind that takes any family."""

    family: FamilyName = option("gaussian", doc="Distribution of the outcome.")
    link: LinkName | None = option(None, doc="Link; the family's usual one where not given.")
    alpha: float | None = option(
        None, doc="For `negative_binomial`: the variance is μ + alpha·μ²; above 0, and known."
    )
    var_power: float | None = option(
        None, doc="For `tweedie`: the variance is μ to this power, between 1 and 2."
    )


FAMILIES: Mapping[str, Family] = {
    "gaussian": Family("Gaussian", "identity", ("identity", "log", "inverse_power"), ""),
    "binomial": Family(
        "Binomial", "logit", ("logit", "probit", "cloglog", "cauchy", "log", "identity"),
        "0 and 1, or shares between them",
    ),
    "poisson": Family("Poisson", "log", ("log", "identity", "sqrt"), "counts, 0 or more"),
    "gamma": Family("Gamma", "inverse_power", ("inverse_power", "log", "identity"), "above 0"),
    "inverse_gaussian": Family(
        "InverseGaussian", "inverse_squared",
        ("inverse_squared", "inverse_power", "log", "identity"), "above 0",
    ),
    "negative_binomial": Family(
        "NegativeBinomial", "log", ("log", "identity"), "counts, 0 or more", "alpha"
    ),
    "tweedie": Family("Tweedie", "log", ("log", "identity"), "0 or more", "var_power"),
}  # fmt: skip
LIMITS: Mapping[str, tuple[float, float, str]] = {
    "alpha": (0.0, float("inf"), "above 0"),
    "var_power": (1.0, 2.0, "between 1 and 2"),
}
FIXED_SCALE = frozenset({"binomial", "poisson", "negative_binomial"})
"""Families whose scale is 1 and not estimated, as in statsmodels."""
LINKS = {
    "identity": "Identity", "log": "Log", "logit": "Logit", "probit": "Probit",
    "cloglog": "CLogLog", "cauchy": "Cauchy", "inverse_power": "InversePower",
    "inverse_squared": "InverseSquared", "sqrt": "Sqrt",
}  # fmt: skip


def check_family(options: Any) -> Iterable[Problem]:
    """A link that the family does not take; a parameter that it needs, or has no use for."""
    yield from check_link(options.family, options.link)
    needed = FAMILIES[options.family].parameter
    for key, (low, high, limits) in LIMITS.items():
        value = getattr(options, key)
        if key == needed and value is None:
            yield Problem(
                f"missing-{key}", f"the family `{options.family}` needs `{key}`", ("family",),
                help=f"`{key}` is {limits}, and taken as known",
            )  # fmt: skip
        elif key != needed and value is not None:
            yield Problem(key, f"the family `{options.family}` has no `{key}`", (key,))
        elif value is not None and not low < value < high:
            yield Problem(key, f"`{key}` must be {limits}", (key,))


def check_link(family: str, link: str | None) -> Iterable[Problem]:
    """A link that the family does not take."""
    known = FAMILIES[family].links
    if link is not None and link not in known:
        yield Problem(
            "link", f"the family `{family}` does not take the link `{link}`", ("link",),
            help=f"its links: {', '.join(known)}",
        )  # fmt: skip


def link_of(family: str, link: str | None) -> str:
    """The link asked for, or the family's usual one."""
    return link or FAMILIES[family].link


def scale_of(family: str, link: str) -> str | None:
    """What exp(coefficient) is for a family and link; None where it has no meaning."""
    if family == "binomial" and link == "logit":
        return "odds_ratio"
    if link != "log":
        return None
    return "rate_ratio" if family in ("poisson", "negative_binomial") else "ratio"


def made(family: str, link: str | None, **parameters: float) -> Any:
    """The family object of statsmodels; `parameters` are those of its variance function."""
    from statsmodels.genmod import families
    from statsmodels.tools.sm_exceptions import DomainWarning

    kind = getattr(families, FAMILIES[family].target)
    with warnings.catch_warnings():
        # That a link may leave the family's range is seen in the fitted means, not foretold.
        warnings.simplefilter("ignore", DomainWarning)
        return kind(link=getattr(families.links, LINKS[link_of(family, link)])(), **parameters)


def family_of(options: Any) -> Any:
    """The family that a kind's options ask for, as our engines know it."""
    from reportgen.models.engines.regressions.families import family

    link = link_of(options.family, options.link)
    return family(options.family, link, **parameters_of(options))


def statsmodels_of(options: Any) -> Any:
    """The same family as an object of statsmodels."""
    return made(options.family, options.link, **parameters_of(options))


def parameters_of(options: Any) -> dict[str, float]:
    """The known parameter of the family's variance function by its key; empty for most."""
    key = FAMILIES[options.family].parameter
    return {key: float(getattr(options, key))} if key else {}


def check_outcome(family: str, y: np.ndarray, name: str) -> None:
    """DataError where the outcome cannot come from the family: numbers would come out anyway."""
    import numpy as np

    bad = {
        "binomial": (y < 0) | (y > 1),
        "poisson": y < 0,
        "gamma": y <= 0,
        "inverse_gaussian": y <= 0,
        "negative_binomial": y < 0,
        "tweedie": y < 0,
    }.get(family)
    if bad is not None and bool(np.any(bad)):
        raise DataError(Problem(
            "outcome-range", f"the outcome `{name}` of the family `{family}` must be "
            f"{FAMILIES[family].outcome}, and {int(bad.sum()):,} rows are not", ("formula",),
            help="recode it, or choose another family",
        ))  # fmt: skip
