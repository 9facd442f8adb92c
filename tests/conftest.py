"""Where the tests find the real data, and the small frames that many of them share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("REPORTGEN_SHARED") or ROOT.parent / "shared")

# A loaded machine is no failure: no test depends on how long anything takes.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """In parallel a file's tests run in one process, so that a report they share is built once."""
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log)


@cache
def _golden(name: str) -> Any:
    return json.loads((SHARED / "golden" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and reference numbers; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no reference data: set REPORTGEN_SHARED to the folder with data/ and golden/")
    return SHARED


@pytest.fixture(scope="session")
def golden(shared: Path) -> Callable[[str], Any]:
    """A file of reference numbers by its name: `golden("nist")`."""
    return _golden


@pytest.fixture(scope="session")
def stored() -> Callable[[str], Any]:
    """Reference numbers and data sets kept beside the tests: `stored("quine.csv")` is a table."""

    def read(name: str) -> Any:
        path = ROOT / "tests" / "golden" / name
        if path.suffix == ".json":
            return json.loads(path.read_text(encoding="utf-8"))
        import pandas as pd

        return pd.read_csv(path)

    return read


@pytest.fixture(scope="session")
def fit() -> Callable[..., Any]:
    """A model fitted to a table as a build would fit it: `fit("ols", table, formula=…)`."""

    def run(kind: str, table: Any, variables: Any = None, **options: Any) -> Any:
        from reportgen.core.types import Facts, Frame, Variable
        from reportgen.models import MODELS
        from reportgen.models.wald import with_wald

        known = {name: Variable(name, name) for name in table} | (variables or {})
        frame = Frame(table, Facts("d", len(table), len(table), "0" * 64, variables=known))
        model = MODELS.load(kind)
        made = model.Options(**options)
        problems = list(model.check(made))
        assert problems == []
        return with_wald(model.tidy(model.fit(made, frame)))

    return run


@pytest.fixture(scope="session")
def nhanes_csv(shared: Path) -> Path:
    """The NHANES wave of the case study."""
    return shared / "data" / "nhanes_2015_2016.csv"


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test uses, or fills, the cache of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPORTGEN_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT


# results.json is a contract with other programs: these keys, in this order, and no other.
RESULTS = {
    "": "schema title build datasets models claims",
    "build": "versions spec_sha256 git created",
    "dataset": "rows_read n sha256 steps",
    "step": "label before after",
    "model": "kind label formula data status n n_groups group_size coef stats icc variance "
    "correlation random_effects notes",
    "group_size": "min mean max",
    "coef": "estimate se statistic df p low high variable level reference",
    "component": "var sd se",
    "effect": "estimate se",
    "note": "level code text",
    "claim": "claim holds line",
}


def _keys(kind: str, *given: Mapping[str, Any]) -> None:
    for each in given:
        assert " ".join(each) == RESULTS[kind], kind


def _model(model: Mapping[str, Any]) -> None:
    _keys("model", model)
    assert model["status"] in ("ok", "warning", "failed")
    _keys("coef", *model["coef"].values())
    _keys("component", *model["variance"].values())
    _keys("note", *model["notes"])
    for effects in model["random_effects"].values():
        _keys("effect", *effects.values())
    if model["group_size"] is not None:
        _keys("group_size", model["group_size"])


@pytest.fixture(scope="session")
def keeps_contract() -> Callable[[Mapping[str, Any]], None]:
    """Asserts that a whole results.json has exactly the keys of its contract."""

    def check(results: Mapping[str, Any]) -> None:
        _keys("", results)
        assert results["schema"] == "reportgen/results/1"
        _keys("build", results["build"])
        _keys("claim", *results["claims"])
        for dataset in results["datasets"].values():
            _keys("dataset", dataset)
            _keys("step", *dataset["steps"])
        for model in results["models"].values():
            _model(model)

    return check
