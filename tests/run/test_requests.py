"""What blocks ask of the run: each thing computed once, from the right rows, told at its place."""

from dataclasses import dataclass, replace
from typing import ClassVar

import pandas as pd
import pytest

from reportgen.core.contracts import Request
from reportgen.core.document import Context
from reportgen.core.errors import DataError, FitError, Place, Problem, SpecError
from reportgen.core.types import Facts, Frame, Model, Result, Variable
from reportgen.core.words import load
from reportgen.plan.types import BlockPlan, FitPlan, Output, Plan, Source
from reportgen.run.queues.queue import Here
from reportgen.run.queues.stream import alone
from reportgen.run.requests import REGISTERS, answer


@dataclass(frozen=True)
class Options:
    formula: str = "y ~ 1"
    error: str = ""
    wrong: bool = False


class Kind:
    """A model kind that remembers what it was given."""

    Options = Options
    given: ClassVar[list] = []

    def check(self, options):
        return [Problem("wrong", "this cannot be", ("formula",))] if options.wrong else []

    def fit(self, options, frame, start=None):
        Kind.given.append((len(frame.table), start))
        if options.error:
            raise {"data": DataError, "fit": FitError}[options.error](
                Problem("bad", "the rows are bad", ("formula",))
            )
        return len(frame.table)

    def tidy(self, fit):
        return Result("fake", "ok", n=fit)


class Block:
    """A table that asks for what its options hold."""

    def requests(self, options, context):
        return options


class Silent:
    def begin(self, step, total):
        pass

    start = done = end = lambda self, *given: None


class Register(dict):
    def load(self, name):
        return self[name]


@pytest.fixture
def memory(ready):
    return lambda frame: ready(d=frame)


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    Kind.given = []
    kinds = Register(fake=Kind(), inside=Kind())
    monkeypatch.setattr("reportgen.run.requests.MODELS", kinds)
    monkeypatch.setattr("reportgen.run.queues.worker.MODELS", kinds)
    monkeypatch.setattr("reportgen.run.requests.INTERNAL", {"inside"})
    monkeypatch.setitem(REGISTERS, "table", Register(block=Block()))


def asked(memory, *blocks, by=None):
    """The answers to blocks that ask, over five rows: three of men and two of women."""
    table = pd.DataFrame({"y": range(5), "sex": ["m", "m", "m", "f", "f"]})
    facts = Facts("d", 5, 5, "", variables={"sex": Variable("sex", "Sex")})
    place = {("report",): Place("spec.yaml", 9, 1), (): Place("spec.yaml", 1, 1)}
    place |= {("report", number): Place("spec.yaml", 10 + number, 3) for number in range(3)}
    source = Source("spec.yaml", "", {}, place, {})
    fit = FitPlan("a", "a", "fake", "d", "A", Options(), ("models", "a"), by=by)
    plans = tuple(
        BlockPlan("table", "block", requests, ("report", number))
        for number, requests in enumerate(blocks)
    )
    plan = Plan(source, "", {}, {"a": fit}, plans, Output(), {})
    model = Model("a", "a", "A", "d", Result("fake", "ok", n=5))
    women = replace(model, id="a[f]", result=Result("fake", "ok", n=2))
    context = Context({each.id: each for each in (model, women)}, {"d": facts}, load("en"))
    return alone(answer(plan, memory(Frame(table, facts)), context, Silent()), Here())


def test_equal_requests_are_computed_once(memory):
    """Two blocks that ask the same get the same Result from one computation."""
    same = Request("fake", {}, data="d")
    answers = asked(
        memory, {"one": same}, {"two": same, "other": Request("fake", {"formula": "z"}, "d")}
    )
    assert len(Kind.given) == 2
    assert answers["report", 0]["one"] is answers["report", 1]["two"]
    assert answers["report", 1]["other"].n == 5


def test_a_subgroup_is_asked_about_its_own_rows(memory):
    """With `by` the rows are those that the model itself was fitted to."""
    answers = asked(memory, {"x": Request("fake", {}, of="a[f]")}, by="sex")
    assert answers["report", 0]["x"].n == 2


def test_a_kind_that_computes_from_a_fit_is_handed_its_result(memory):
    """An internal kind gets the Result; another fit does not take it for starting values."""
    asked(memory, {"x": Request("inside", {}, of="a"), "y": Request("fake", {}, of="a")})
    assert [start.n if start else None for _, start in Kind.given] == [5, None]


def test_a_computation_that_fails_is_a_failed_result(memory):
    """The block is told, and decides what is shown in its place."""
    answers = asked(memory, {"x": Request("fake", {"error": "fit"}, data="d")})
    assert answers["report", 0]["x"].status == "failed"


@pytest.mark.parametrize(
    ("options", "error"), [({"error": "data"}, DataError), ({"wrong": True}, SpecError)]
)
def test_an_error_stands_at_the_block_that_asked(memory, options, error):
    """Keys of the kind are not written in the spec, so the block is what is pointed at."""
    with pytest.raises(error) as caught:
        asked(memory, {}, {"x": Request("fake", options, data="d")})
    assert [problem.place.line for problem in caught.value.problems] == [11]
