"""Ways of respecting clusters (or not): which fits `table: clustering` puts side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reportgen.core.contracts import Request
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.errors import Problem, SpecError
from reportgen.core.types import Model

KINDS = ("ols", "wls", "glm", "gee", "mixedlm", "glmm")
MIXED = ("binomial", "poisson")
FAMILY = ("family", "link", "alpha", "var_power", "offset", "exposure")
STRUCTURE = ("cov_struct", "time", "max_lag", "dep_data")
# What tells two fits of one kind apart, and what each key is where nothing is written.
TOLD: Mapping[str, Mapping[str, Any]] = {
    "ols": {"cov_type": "nonrobust"},
    "wls": {"cov_type": "nonrobust"},
    "glm": {"cov_type": "nonrobust", "freq_weights": None, "var_weights": None},
    "gee": {"cov_type": "robust", "df": None, "weights": None, "cov_struct": "exchangeable",
            "time": None, "max_lag": 1, "dep_data": ()},
    "mixedlm": {"re_formula": None, "vc_formula": None, "reml": True, "df": None,
                "cov_type": "observed"},
    "glmm": {"re_formula": None, "vc_formula": None, "method": "auto", "nodes": None,
             "target": "cluster", "freq_weights": None, "var_weights": None},
}  # fmt: skip


@dataclass(frozen=True)
class Way:
    """One way: its name in the words of `clustering`, and the fit that follows it."""

    name: str
    kind: str
    options: Mapping[str, Any]

    def followed_by(self, model: Model, base: Model) -> bool:
        """Whether a model of the spec is this very fit, on the rows of the base."""
        if model.result.kind != self.kind or self.options["formula"] != model.result.formula:
            return False
        if not _same_rows(model, base):
            return False
        told = {**TOLD[self.kind], **dict.fromkeys(FAMILY), "family": "gaussian"}
        if self.kind in ("gee", "mixedlm", "glmm") or self.options.get("cov_type") == "cluster":
            told["groups"] = None
        return all(
            _value(self.options, key, usual) == _value(model.options, key, usual)
            for key, usual in told.items()
        )


def _same_rows(model: Model, base: Model) -> bool:
    """The same dataset, and rows of the same number and means (two subgroups differ in them)."""
    one, other = model.result, base.result
    shared = set(one.center) & set(other.center)
    return (
        model.data == base.data
        and one.n == other.n
        and all(math.isclose(one.center[name], other.center[name]) for name in shared)
    )


def _value(options: Mapping[str, Any], key: str, usual: Any) -> Any:
    value = options.get(key)
    if value is None:
        return usual
    return None if key == "re_formula" and str(value).strip() == "1" else value


def base_of(models: Sequence[Model]) -> Model:
    """The model whose formula, rows and clusters are fitted in every way: the first named.

    SpecError for a model of a kind that has no such ways, or with weights that count rows.
    """
    base = models[0]
    if base.result.kind not in KINDS:
        raise SpecError(no_ways(base.id, base.result.kind))
    if base.options.get("freq_weights") is not None:
        raise SpecError(Problem(
            "clustering-base", f"`{base.id}` has `freq_weights`, and rows that stand for several "
            "belong to no cluster", ("models",), help="write a row for each",
        ))  # fmt: skip
    others = [model.id for model in models if model.result.outcome != base.result.outcome]
    if others:
        raise SpecError(Problem(
            "clustering-outcome", f"`{others[0]}` has another outcome than `{base.id}`, whose "
            "formula is fitted in every way", ("models",), help="make a table for each",
        ))  # fmt: skip
    return base


def no_ways(model: str, kind: str) -> Problem:
    """What is wrong where the first model is of a kind that is not fitted in several ways."""
    return Problem(
        "clustering-base", f"`table: clustering` begins with a model of kind "
        f"{', '.join(f'`{kind}`' for kind in KINDS)}, and `{model}` is of kind `{kind}`",
        ("models",),
    )  # fmt: skip


def groups_of(models: Sequence[Model], given: str | None) -> str:
    """The column of the clusters: given, or the first that a model names. SpecError for none."""
    named = (model.options.get("groups") for model in models)
    groups = given or next((name for name in named if name), None)
    if groups is None:
        raise SpecError(Problem(
            "missing-groups", "none of the models names clusters", ("models",),
            help="write `groups`, the column that members of a cluster share",
        ))  # fmt: skip
    return str(groups)


def ways(base: Model, groups: str, re_formula: str | None) -> tuple[Way, ...]:
    """Least squares (or maximum likelihood), the same with cluster-robust errors, estimating
    equations with robust and bias-reduced errors, a random intercept, a random slope where asked.
    """
    given = base.options
    plain = {"formula": base.result.formula, "confidence": base.result.confidence}
    family = {key: given[key] for key in FAMILY if given.get(key) is not None}
    weights = given.get("weights") or given.get("var_weights")
    kind, ordinary = _ordinary(plain, family, weights)
    marginal = plain | family | {"groups": groups}
    if base.result.kind == "gee":
        marginal |= {key: given[key] for key in STRUCTURE if given.get(key) is not None}
    if weights:
        marginal["weights"] = weights
    found = [
        Way("least_squares", kind, ordinary),
        Way("cluster", kind, ordinary | {"cov_type": "cluster", "groups": groups}),
        Way("gee", "gee", marginal),
        Way("gee_reduced", "gee", marginal | {"cov_type": "bias_reduced"}),
    ]
    mixed = _mixed(plain | {"groups": groups}, family, weights)
    if mixed is not None:
        found.append(Way("intercept", *mixed))
        if re_formula is not None:
            found.append(Way("slope", mixed[0], mixed[1] | {"re_formula": re_formula}))
    return tuple(found)


def _linear(family: Mapping[str, Any]) -> bool:
    usual = {"family": "gaussian", "link": "identity"}
    return all(usual.get(key) == value for key, value in family.items())


def _ordinary(
    plain: Mapping[str, Any], family: Mapping[str, Any], weights: str | None
) -> tuple[str, dict[str, Any]]:
    """The kind and options of a fit that knows no clusters."""
    if _linear(family):
        return ("wls", {**plain, "weights": weights}) if weights else ("ols", dict(plain))
    return "glm", {**plain, **family, **({"var_weights": weights} if weights else {})}


def _mixed(
    plain: Mapping[str, Any], family: Mapping[str, Any], weights: str | None
) -> tuple[str, dict[str, Any]] | None:
    """The kind and options of a fit with random effects; None where there is none."""
    if _linear(family):
        return None if weights else ("mixedlm", dict(plain))
    links = {"binomial": ("logit", "probit", "cloglog"), "poisson": ("log",)}
    name = family.get("family", "gaussian")
    if name not in MIXED or family.get("link", links[name][0]) not in links[name]:
        return None
    if weights and name != "binomial":
        return None
    return "glmm", {**plain, **family, **({"var_weights": weights} if weights else {})}


def requests(
    models: Sequence[Model], given: str | None, re_formula: str | None
) -> dict[str, Request]:
    """The fits that no model of the spec is, by the names of their ways."""
    base = base_of(models)
    return {
        way.name: Request(way.kind, way.options, of=base.id)
        for way in ways(base, groups_of(models, given), re_formula)
        if not any(way.followed_by(model, base) for model in models)
    }


def side_by_side(
    context: Context, models: Sequence[Model], given: str | None, re_formula: str | None
) -> tuple[Model, ...]:
    """All fits in the order of the ways, then the models of the spec that follow none of them."""
    base = base_of(models)
    return tuple(_side_by_side(context, models, ways(base, groups_of(models, given), re_formula)))


def _side_by_side(
    context: Context, models: Sequence[Model], found: Sequence[Way]
) -> Iterator[Model]:
    words, base, rest = context.words, models[0], list(models)
    for way in found:
        name = "likelihood" if way.kind == "glm" and way.name == "least_squares" else way.name
        label = words(f"clustering.{name}")
        own = next((model for model in models if way.followed_by(model, base)), None)
        result = own.result if own else context.computed[way.name]
        rest = [model for model in rest if model is not own]
        yield Model(way.name, way.name, label, base.data, result, options=way.options)
    yield from rest
