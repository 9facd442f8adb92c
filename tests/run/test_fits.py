"""The order of fits, subgroups, and what becomes of a model that cannot be fitted."""

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import pytest

from reportgen.core.errors import DataError, FitError, Place, Problem
from reportgen.core.types import Facts, Frame, Result, Variable
from reportgen.plan.types import FitPlan, Output, Plan, Source
from reportgen.run.fits import PORTION, failures, subgroups
from reportgen.run.fits import fit_all as fitting
from reportgen.run.queues.queue import Here
from reportgen.run.queues.stream import alone
from reportgen.run.subgroups import rows_of


@dataclass(frozen=True)
class Options:
    formula: str = "y ~ 1"
    error: Exception | None = None


class Kind:
    """A model kind that remembers what it was asked."""

    Options = Options
    asked: ClassVar[list] = []

    def fit(self, options, frame, start=None):
        if options.error:
            raise options.error
        Kind.asked.append((len(frame.table), start))
        return len(frame.table)

    def tidy(self, fit):
        return Result(kind="fake", status="ok", n=fit)

    def augment(self, fit):
        return {"fitted": (1.0,) * fit}


class Watch:
    def __init__(self):
        self.seen = []

    def begin(self, step, total):
        self.seen.append(total)

    def start(self, name):
        self.seen.append(name)

    def done(self, model, seconds):
        pass

    def end(self):
        self.seen.append("end")


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    Kind.asked = []
    monkeypatch.setattr(
        "reportgen.run.queues.worker.MODELS", type("M", (), {"load": lambda self, n: Kind()})()
    )


@pytest.fixture
def frame():
    table = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "sex": [2.0, 1.0, 1.0, None]})
    sex = Variable("sex", "Sex", levels={"1": "Men", "2": "Women"}, categorical=True)
    return Frame(table, Facts("d", 4, 4, "", variables={"sex": sex}))


def fit_all(plan, memory, observe, watch):
    return alone(fitting(plan, memory, observe, watch), Here())


def planned(*fits):
    here = Place("spec.yaml", 1, 1)
    source = Source("spec.yaml", "", {}, {(): here, ("models", "a"): Place("spec.yaml", 7, 3)}, {})
    return Plan(source, "", {}, {fit.id: fit for fit in fits}, (), Output(), {})


def model(name, **more):
    options = more.pop("options", Options())
    return FitPlan(name, name, "fake", "d", name.upper(), options, ("models", name), **more)


def test_starting_values_come_first(frame, ready):
    """A model that starts from another is fitted after it, and handed its Result."""
    watch = Watch()
    models = fit_all(planned(model("b", start="a"), model("a")), ready(d=frame), frozenset(), watch)
    assert watch.seen == [2, "a", "b", "end"]
    assert Kind.asked[1][1] is models["a"].result
    assert list(models) == ["b", "a"]


def test_many_models_are_asked_for_a_few_at_a_time(frame, ready):
    """The first can be begun while the others are made ready; every one is fitted, in its order."""
    plan = planned(*(model(f"m{number}") for number in range(40)))
    build = fitting(plan, ready(d=frame), frozenset(), Watch())
    assert len(next(build)) == PORTION < 40
    watch = Watch()
    models = fit_all(plan, ready(d=frame), frozenset(), watch)
    names = [f"m{number}" for number in range(40)]
    assert list(models) == names
    assert watch.seen == [40, *names, "end"]


def test_a_model_by_a_column_is_one_fit_a_level(frame, ready):
    """Subgroups come in display order; rows without a level belong to none."""
    memory = ready(d=frame)
    jobs = list(subgroups(model("a", by="sex"), memory))
    assert [(job.id, job.label, rows_of(job.subgroup, frame)[1].facts.n) for job in jobs] == [
        ("a[1]", "A: Men", 2),
        ("a[2]", "A: Women", 1),
    ]


def test_observations_are_kept_only_where_a_plot_wants_them(frame, ready):
    """A row an observation travels no further than it must."""
    models = fit_all(planned(model("a"), model("b")), ready(d=frame), {"b"}, Watch())
    assert models["a"].result.observations == {}
    assert models["b"].result.observations == {"fitted": (1.0,) * 4}


def test_a_failed_fit_is_a_result_and_the_others_go_on(frame, ready):
    """A FitError becomes the Result's note; the next model is fitted."""
    wrong = Options(error=FitError(Problem("constant-outcome", "the outcome has one value")))
    models = fit_all(planned(model("a", options=wrong), model("b")), ready(d=frame), set(), Watch())
    assert models["a"].result.status == "failed"
    assert models["a"].result.notes[0].code == "constant-outcome"
    assert models["b"].result.status == "ok"
    (problem,) = failures(models.values())
    assert (problem.place.line, problem.message) == (7, "model `a`: the outcome has one value")


def test_an_error_of_a_library_is_a_failed_fit(frame, ready):
    """What nobody foresaw is shown where the numbers would be, not as a traceback."""
    wrong = Options(error=ZeroDivisionError("division by zero"))
    models = fit_all(planned(model("a", options=wrong)), ready(d=frame), set(), Watch())
    assert models["a"].result.status == "failed"
    assert "ZeroDivisionError" in models["a"].result.notes[0].text


def test_wrong_data_stop_the_build_at_their_place(frame, ready):
    """A DataError names the model, and points at the key it took from the defaults."""
    wrong = Options(error=DataError(Problem("missing-groups", "2 rows have no group", ("groups",))))
    plan = planned(model("a", options=wrong, origins={"groups": ("models", "a")}))
    with pytest.raises(DataError) as caught:
        fit_all(plan, ready(d=frame), set(), Watch())
    (problem,) = caught.value.problems
    assert problem.message == "model `a`: 2 rows have no group"
    assert problem.place.line == 7
