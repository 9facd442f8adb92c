"""A starter spec: commented, right as it stands, about the user's own data where there are any."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from reportgen.core.dataclass import dataclass
from reportgen.data.profile import Profile

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SAYS_COVARIATE = re.compile(r"age|year|date|time|size|number|visit|wave", re.IGNORECASE)
MOST_COVARIATES = 3
FINE = 20
"""An outcome that is a number has at least so many different values, if any column has."""
WORDS = {
    "number": "a number", "category": "a category", "yes_no": "two groups",
    "cluster": "clusters", "identifier": "an identifier", "weight": "a weight",
    "empty": "little to tell", "text": "free text",
}  # fmt: skip

EXAMPLE = (
    Profile("invest", "number", "gross investment", "Gross investment (million dollars)"),
    Profile("value", "number", "market value", "Market value (million dollars)"),
    Profile("capital", "number", "plant and equipment", "Plant and equipment (million dollars)"),
    Profile("firm", "cluster", "eleven firms, twenty years each", "Firm"),
)
"""What a starter spec is about where no data are given: a data set that ships with statsmodels."""


@dataclass(frozen=True)
class Roles:
    """What the starter spec does with the columns."""

    outcome: Profile
    covariates: tuple[Profile, ...]
    cluster: Profile | None
    weight: Profile | None

    @property
    def group(self) -> str | None:
        """The column that names the clusters; a recode's where two columns are needed."""
        if self.cluster is None:
            return None
        return "cluster_id" if self.cluster.within else self.cluster.name


def roles(profiles: Sequence[Profile]) -> Roles | None:
    """The likely outcome, covariates, clusters and weight. None where no column can be modelled."""
    numbers = [each for each in profiles if each.role == "number"]
    groups = [each for each in profiles if each.role in ("yes_no", "category")]
    likely = [each for each in numbers if not SAYS_COVARIATE.search(each.name)] or numbers
    least = min((each.missing for each in likely), default=0)
    likely.sort(key=lambda each: (each.different < FINE, each.missing > 10 * least))
    outcome = next(iter([*likely, *(each for each in groups if each.role == "yes_no")]), None)
    if outcome is None:
        return None
    others = [each for each in (*numbers, *groups) if each is not outcome and not each.missing]
    some = [each for each in (*numbers, *groups) if each is not outcome and each.missing]
    clusters = [each for each in profiles if each.role == "cluster"]
    together = [each for each in clusters if each.within]
    return Roles(
        outcome,
        tuple((others + some)[:MOST_COVARIATES]),
        next(iter(together or clusters), None),
        next((each for each in profiles if each.role == "weight"), None),
    )


def starter(source: str, name: str, profiles: Sequence[Profile], found: Roles, spec: str) -> str:
    """The text of a spec about the dataset `name`; `source` is the value of its `source` key, and
    `spec` the file that it is written to.
    """
    parts = (
        _head(name, spec), _dataset(source, name, profiles, found), _models(name, found),
        _report(name, found),
    )  # fmt: skip
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(name: str, spec: str) -> Iterable[str]:
    yield "# A starter spec: it builds as it stands, and every line is yours to change."
    stem = spec.rpartition(".")[0] or spec
    yield f"#   reportgen validate {spec}     every mistake at once, before data are read"
    yield f"#   reportgen build {spec}        the report, in output/{stem}/"
    yield "# yaml-language-server: $schema=reportgen.schema.json"
    yield "reportgen: 1"
    yield f"title: {_text(f'A first look at {name}')}"
    yield ""


def _dataset(source: str, name: str, profiles: Sequence[Profile], found: Roles) -> Iterable[str]:
    used = {found.outcome.name, *(each.name for each in found.covariates)}
    if found.cluster:
        used |= {found.cluster.name, *filter(None, [found.cluster.within])}
    yield "datasets:"
    yield f"  {_text(name)}:"
    yield f"    source: {source}"
    yield "    columns:                    # name: label shown in the report"
    for each in profiles:
        shown = each.role not in ("empty", "identifier", "text") or each.name in used
        yield f"      {'' if shown else '# '}{_text(each.name)}: {_label(each)}"
        yield f"        # looks like {WORDS[each.role]}: {each.why}{_gaps(each)}"
    yield "    sample:                     # who is analysed: each step is a row of the flow table"
    listed = ", ".join(_text(each.name) for each in profiles if each.name in used)
    yield f"      - complete: [{listed}]"
    yield from _recodes(found)
    yield ""


def _recodes(found: Roles) -> Iterable[str]:
    if found.cluster and found.cluster.within:
        pair = f"{_text(found.cluster.within)}, {_text(found.cluster.name)}"
        yield "    recodes:                    # new columns"
        yield f"      cluster_id: {{combine: [{pair}], label: Cluster}}"


def _models(name: str, found: Roles) -> Iterable[str]:
    binary = found.outcome.role == "yes_no"
    right = " + ".join(_term(each) for each in found.covariates) or "1"
    formula = _text(f"{_quoted(found.outcome.name)} ~ {right}")
    plain, mixed = ("glm", "glmm") if binary else ("ols", "mixedlm")
    family = ", family: binomial" if binary else ""
    yield "defaults:"
    yield f"  data: {_text(name)}"
    if found.group:
        yield f"  groups: {_text(found.group)}              # who belongs together"
        yield "  cov_struct: exchangeable"
    yield ""
    yield "models:"
    yield f"  simple: {{kind: {plain}{family}, formula: {formula}, label: As if independent}}"
    if found.group:
        yield "  marginal: {kind: gee, like: simple, label: GEE}"
        yield f"  multilevel: {{kind: {mixed}, like: simple, label: Random intercept}}"
        empty = _text(f"{_quoted(found.outcome.name)} ~ 1")
        yield f"  alike: {{kind: gee, like: simple, formula: {empty}, label: Empty model}}"
    yield ""
    if found.weight:
        yield f"# `{found.weight.name}` looks like a weight: weights of a survey belong to a model"
        yield "# of kind `survey`, with its strata and sampling units."
        yield ""


def _report(name: str, found: Roles) -> Iterable[str]:
    shown = [found.outcome, *found.covariates]
    exponentiate = ["    exponentiate: true"] if found.outcome.role == "yes_no" else []
    models = "[simple, marginal, multilevel]" if found.group else "[simple]"
    yield "report:"
    yield "  - section: Who is analysed"
    yield "  - table: sample"
    yield f"    data: {_text(name)}"
    yield "  - table: describe"
    yield f"    data: {_text(name)}"
    yield f"    columns: [{', '.join(_text(each.name) for each in shown)}]"
    if found.group:
        yield "  - section: How alike are members of a cluster?"
        yield "  - table: icc"
        yield "    models: [alike, marginal, multilevel]"
    yield "  - section: Models side by side"
    yield "  - table: compare"
    yield f"    models: {models}"
    yield from exponentiate
    yield "  - plot: forest"
    yield f"    models: {models}"
    if found.group:
        yield "  - plot: caterpillar"
        yield "    models: multilevel"
    yield "  - table: notes              # every warning of every fit, in words"
    yield ""
    yield "output:"
    yield "  formats: [html, pdf]"


def _term(profile: Profile) -> str:
    name = _quoted(profile.name)
    return f"C({name})" if profile.role in ("category", "yes_no") else name


def _quoted(name: str) -> str:
    return name if PLAIN.fullmatch(name) else f"Q({json.dumps(name, ensure_ascii=False)})"


def _label(profile: Profile) -> str:
    return _text(profile.label or profile.name)


def _gaps(profile: Profile) -> str:
    return f"; {profile.missing:,} missing" if profile.missing and profile.role != "empty" else ""


def _text(text: str) -> str:
    """A text as a YAML scalar that is read as it stands, in a flow as well as in a block."""
    simple = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_ ()~+/.²-]*", text)
    words = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
    if simple and not text.endswith(" ") and text.lower() not in words:
        return text
    return json.dumps(text, ensure_ascii=False)
