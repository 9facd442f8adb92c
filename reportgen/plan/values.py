"""Values in prose and claims: each `{{ models.… }}` names something that the build will have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, get_args

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Path, Problem, SpecError
from reportgen.core.types import More
from reportgen.models.formulas.formula import parse
from reportgen.plan.check import Spec
from reportgen.plan.problems import Problems, nearest
from reportgen.plan.sentences import check_sentence
from reportgen.plan.types import FitPlan
from reportgen.plan.undefined import lacks, undefined
from reportgen.writers.texts import prose

FIELDS = (
    "kind", "label", "formula", "data", "status", "n", "n_groups", "group_size", "coef", "stats",
    "icc", "variance", "correlation", "random_effects", "notes", "wald",
)  # fmt: skip
COEF_FIELDS = (
    "estimate", "se", "statistic", "df", "p", "low", "high", "variable", "level", "reference",
    *get_args(More),
)  # fmt: skip
WALD_FIELDS = ("statistic", "df", "df_resid", "p")
DATA_FIELDS = ("rows_read", "n", "sha256", "steps")


@dataclass(frozen=True)
class Sought:
    """A path named in prose, and where."""

    parts: tuple[str, ...]
    path: Path
    offset: int
    length: int


class Values:
    """Checks the values of one spec."""

    def __init__(self, spec: Spec, params: Mapping[str, Any], problems: Problems) -> None:
        self.spec, self.params, self.problems = spec, params, problems
        self.refs = [
            block.options.id for block in spec.blocks if getattr(block.options, "id", None)
        ]

    def check(self, abstract: str) -> None:
        """Every text, claim and the abstract."""
        if abstract:
            self._prose(abstract, ("abstract",))
        for block in self.spec.blocks:
            if block.verb in ("text", "claim"):
                self._prose(block.object, (*block.path, block.verb))
            if block.verb == "claim":
                self._found(prose.claim_references, block.options.that, (*block.path, "that"))

    def _prose(self, text: str, path: Path) -> None:
        self._found(prose.references, text, path)
        for problem in prose.mistakes(text):
            self.problems.take(problem.under(*path))

    def _found(self, reader: Any, text: str, path: Path) -> None:
        try:
            references: Iterable[Any] = reader(text)
        except SpecError as error:
            self.problems.take_all(error.problems, *path)
            return
        for each in references:
            sought = Sought(each.path, path, each.offset, each.length)
            if each.path[0] == "sentence":
                self._sentence(sought, each.arguments)
            else:
                self._reference(sought)

    def _sentence(self, sought: Sought, arguments: Mapping[str, Any]) -> None:
        try:
            check_sentence(sought.parts[1], arguments, self.spec)
        except SpecError as error:
            for problem in error.problems:
                self.problems.take(
                    replace(problem, path=sought.path, offset=sought.offset, length=sought.length)
                )

    def _reference(self, sought: Sought) -> None:
        root, *rest = sought.parts
        if not rest:
            return
        if root == "models":
            self._model(sought, rest)
        elif root == "data":
            names = tuple(self.problems.source.data.get("datasets") or ())
            if self._among(sought, rest[0], names, "dataset") and len(rest) > 1:
                self._among(sought, rest[1], DATA_FIELDS, "value of a dataset")
        elif root == "params":
            self._among(sought, rest[0], tuple(self.params), "parameter")
        elif root == "ref":
            self._among(sought, rest[0], tuple(self.refs), "table or figure with the id")

    def _model(self, sought: Sought, rest: list[str]) -> None:
        members = [fit for fit in self.spec.fits.values() if fit.name == rest[0]]
        names = tuple(dict.fromkeys(fit.name for fit in self.spec.fits.values()))
        if not members and rest[0] in self.spec.names:
            return  # what is wrong with the model is told where it stands
        if not self._among(sought, rest[0], names, "model") or len(rest) == 1:
            return
        alone = members[0].id == members[0].name and members[0].by is None
        fields = rest[1:]
        if not alone:
            keys = tuple(fit.id[len(fit.name) + 1 : -1] for fit in members)
            if members[0].by is None and not self._among(sought, rest[1], keys, "member"):
                return
            fields = rest[2:]
        if fields and self._among(sought, fields[0], FIELDS, "value of a model"):
            self._field(sought, members[0], fields)

    def _field(self, sought: Sought, fit: FitPlan, fields: list[str]) -> None:
        if fields[0] == "stats" and len(fields) > 1 and fields[1] in lacks(fit):
            self.problems.take(undefined(
                fit, fields[1], sought.path, offset=sought.offset, length=sought.length
            ))  # fmt: skip
        if fields[0] not in ("coef", "wald") or len(fields) < 2:
            return
        if fit.options.formula is None:
            return  # the estimates of a survey are named by the levels that the data have
        try:
            formula = parse(fit.options.formula)
        except SpecError:
            return  # told where the formula stands
        if fields[0] == "wald":
            terms = ("Intercept", *(term.name for term in formula.terms))
            if self._among(sought, fields[1], terms, f"term of `{fit.name}`") and len(fields) > 2:
                self._among(sought, fields[2], WALD_FIELDS, "value of a test")
            return
        known = ("Intercept", *(name.text for name in formula.names[1:]))
        if not any(name in fields[1] for name in known):
            self._among(sought, fields[1], known, "coefficient")
        elif len(fields) > 2:
            self._among(sought, fields[2], COEF_FIELDS, "value of a coefficient")

    def _among(self, sought: Sought, name: str, known: tuple[str, ...], what: str) -> bool:
        if name in known:
            return True
        self.problems.take(
            Problem(
                "unknown-value", f"there is no {what} `{name}`", sought.path,
                hint=nearest(name, list(known)), help=f"there are: {', '.join(known)}",
                offset=sought.offset, length=sought.length,
            )
        )  # fmt: skip
        return False
