"""The coefficient that a sentence is about, found among those of a model."""

from __future__ import annotations

from reportgen.blocks.equations import equation_of, plain_name
from reportgen.blocks.factors import plain
from reportgen.blocks.statements.asked import Asked, refuse, single_reading, unknown
from reportgen.core.dataclass import dataclass
from reportgen.core.document import Context
from reportgen.core.types import Coef, Equation, Model, Term


@dataclass(frozen=True)
class Found:
    """A coefficient with all that its sentence needs to know of it."""

    model: Model
    name: str
    coef: Coef
    term: Term
    context: Context

    @property
    def equation(self) -> Equation | None:
        """The equation it stands in; None for the only one of a model."""
        return equation_of(self.model, self.term)

    @property
    def plain(self) -> str:
        """Its name as it would be in a model of one equation."""
        return plain_name(self.equation, self.name)

    @property
    def covariates(self) -> tuple[str, ...]:
        """The columns of the other terms of its equation, each once."""
        others = (term for term in _beside(self.model, self.term) if term.kind != "intercept")
        return tuple(dict.fromkeys(name for term in others for name in term.variables))


def the_model(asked: Asked, context: Context) -> Model:
    """The one model that is meant. SpecError where there is none, or a list of them."""
    models = context.select([asked.model])
    if len(models) != 1:
        known = [model.id for model in models] or list(context.models)
        what = "is a list of models; a sentence is about one" if models else "is no model"
        unknown(f"`{asked.model}` {what}", asked.model, known)
    return models[0]


def named(asked: Asked, model: Model, context: Context) -> Found:
    """The coefficient that is meant, whatever it says. SpecError where none is, or several are."""
    name = _name(asked.what, model)
    term = next(term for term in model.result.terms if name in term.coefs)
    return Found(model, name, model.result.coef[name], term, context)


def found(asked: Asked, model: Model, context: Context) -> Found:
    """The coefficient that is meant: by its own name, or by the column that it alone is about.

    SpecError where there is none, where there are several, or where it has no single reading.
    """
    made = named(asked, model, context)
    name, term = made.name, made.term
    if term.kind in ("intercept", "threshold", "dispersion"):
        refuse(f"`{name}` compares nothing, so no sentence can be made of it")
    short = plain_name(made.equation, term.name)
    others = {other.name: other.variables for other in _beside(model, term)}
    single_reading(short, term.variables, others)
    return made


def _name(what: str, model: Model) -> str:
    """The name of a coefficient of the model."""
    result = model.result
    if what in result.coef:
        return what
    meant = [
        term
        for term in result.terms
        if what in (term.name, plain_name(equation_of(model, term), term.name))
        or [what] == [plain(name) for name in term.variables]
    ]
    names = [name for term in meant for name in term.coefs]
    if len(names) != 1:
        how = "several coefficients of" if names else "no coefficient"
        unknown(f"model `{model.id}` has {how} `{what}`", what, names or list(result.coef))
    return names[0]


def _beside(model: Model, term: Term) -> list[Term]:
    """The other terms of a term's equation."""
    return [
        each
        for each in model.result.terms
        if each.equation == term.equation and each.name != term.name
    ]
