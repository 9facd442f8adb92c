"""The families and links that GLM and GEE may be asked for, and what each outcome must be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from reportgen.core.errors import DataError, Problem

if TYPE_CHECKING:
    import numpy as np

FamilyName = Literal["gaussian", "binomial", "poisson", "gamma", "inverse_gaussian"]
LinkName = Literal["identity", "log", "logit", "probit", "cloglog", "cauchy", "inverse_power",
                   "inverse_squared", "sqrt"]  # fmt: skip


@dataclass(frozen=True)
class Family:
    """A family: statsmodels' class, its canonical link, the links that make sense, its outcomes."""

    target: str
    link: str
    links: tuple[str, ...]
    outcome: str


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
}  # fmt: skip
LINKS = {
    "identity": "Identity", "log": "Log", "logit": "Logit", "probit": "Probit",
    "cloglog": "CLogLog", "cauchy": "Cauchy", "inverse_power": "InversePower",
    "inverse_squared": "InverseSquared", "sqrt": "Sqrt",
}  # fmt: skip


def check_link(family: str, link: str | None) -> Iterable[Problem]:
    """A link that the family does not take."""
    known = FAMILIES[family].links
    if link is not None and link not in known:
        yield Problem(
            "link", f"the family `{family}` does not take the link `{link}`", ("link",),
            help=f"its links: {', '.join(known)}",
        )  # fmt: skip


def link_of(family: str, link: str | None) -> str:
    """The link asked for, or the family's canonical one."""
    return link or FAMILIES[family].link


def scale_of(family: str, link: str) -> str | None:
    """What exp(coefficient) is for a family and link; None where it has no meaning."""
    if family == "binomial" and link == "logit":
        return "odds_ratio"
    if link != "log":
        return None
    return {"poisson": "rate_ratio", "binomial": "ratio"}.get(family, "ratio")


def made(family: str, link: str | None) -> Any:
    """The family object of statsmodels."""
    from statsmodels.genmod import families

    kind = getattr(families, FAMILIES[family].target)
    return kind(link=getattr(families.links, LINKS[link_of(family, link)])())


def check_outcome(family: str, y: np.ndarray, name: str) -> None:
    """DataError where the outcome cannot come from the family: numbers would come out anyway."""
    import numpy as np

    bad = {
        "binomial": (y < 0) | (y > 1),
        "poisson": y < 0,
        "gamma": y <= 0,
        "inverse_gaussian": y <= 0,
    }.get(family)
    if bad is not None and bool(np.any(bad)):
        raise DataError(Problem(
            "outcome-range", f"the outcome `{name}` of the family `{family}` must be "
            f"{FAMILIES[family].outcome}, and {int(bad.sum()):,} rows are not", ("formula",),
            help="recode it, or choose another family",
        ))  # fmt: skip
