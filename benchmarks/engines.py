"""What does a fit cost? Our engines, statsmodels, and R's lme4 and geepack where they are."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from measure import HERE, Answer, Row, has_r, ratio, tell, within

import reportgen.models.marginal.gee_solution  # noqa: F401  (loading is not fitting)
from reportgen.core.options import ModelOptions
from reportgen.core.types import Facts, Frame, Variable
from reportgen.models import MODELS

LARGE = (50_000, 1_000)
MODELS_ASKED = {
    "gee": ("GEE exchangeable", "gee", {"formula": "y ~ x + z"}),
    "gee_binomial": ("GEE binomial", "gee", {"formula": "event ~ x + z", "family": "binomial"}),
    "intercept": ("random intercept", "mixedlm", {"formula": "y ~ x + z"}),
    "slope": ("random slope, correlated", "mixedlm",
              {"formula": "y ~ x + z", "re_formula": "1 + x"}),
    "laplace": ("logistic random intercept, Laplace", "glmm",
                {"formula": "event ~ x + z", "family": "binomial", "method": "laplace"}),
}  # fmt: skip
TARGETS = {"gee": (40, 100), "gee_binomial": (None, None), "intercept": (500, 50),
           "slope": (1000, 70), "laplace": (None, 150)}  # fmt: skip


def simulated(n: int, clusters: int, seed: int = 1) -> pd.DataFrame:
    """Clusters of unequal sizes, two covariates, a number and a yes/no."""
    rng = np.random.default_rng(seed)
    site = np.sort(rng.integers(0, clusters, n))
    x, z = rng.normal(size=n), rng.normal(size=n)
    shift, slope = rng.normal(0, 0.7, clusters)[site], rng.normal(0, 0.3, clusters)[site]
    eta = 0.3 + 0.5 * x - 0.2 * z + shift
    event = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    y = eta + slope * x + rng.normal(size=n)
    return pd.DataFrame({"site": site, "x": x, "z": z, "y": y, "event": event})


def frame(table: pd.DataFrame) -> Frame:
    """A prepared frame, as a model kind gets it."""
    variables = {name: Variable(name, name) for name in table}
    return Frame(table, Facts("d", len(table), len(table), "0" * 64, variables=variables))


def ours(kind: str, table: pd.DataFrame, **options: object) -> Callable[[], object]:
    """The whole way of a fit: formula, design, health, estimates, Result."""
    model = MODELS.load(kind)
    asked: ModelOptions = model.Options(engine="fast", groups="site", **options)
    ready = frame(table)
    return lambda: model.tidy(model.fit(asked, ready))


def engine(kind: str, name: str, table: pd.DataFrame) -> Callable[[], object]:
    """The engine alone, on arrays."""
    X = np.column_stack([np.ones(len(table)), table.x, table.z])
    y, event = table.y.to_numpy(), table.event.to_numpy()
    codes = table.site.to_numpy()
    codes = np.unique(codes, return_inverse=True)[1]
    if kind == "gee":
        from reportgen.models.engines.families import family
        from reportgen.models.engines.gee import Equations
        from reportgen.models.engines.units import Units
        from reportgen.models.engines.working import Exchangeable

        units = Units(codes)
        law = family("binomial", "logit") if name != "gee" else family("gaussian", "identity")
        outcome = event if name != "gee" else y
        return lambda: Equations(outcome, X, law, Exchangeable(units)).solve().robust
    if kind == "mixedlm":
        from reportgen.models.engines.blocks import Blocks
        from reportgen.models.engines.climb import highest
        from reportgen.models.engines.grouped import Grouped
        from reportgen.models.engines.lmm import Likelihood

        Z = Blocks.of(X[:, : 2 if name == "slope" else 1])
        return lambda: highest(Likelihood(y, X, Grouped(codes, Z), reml=True)).observed
    return ours(kind, table, **MODELS_ASKED[name][2])


def statsmodels(name: str, table: pd.DataFrame) -> Callable[[], object] | None:
    """Statsmodels on the same arrays; None where it has no such model."""
    import statsmodels.api as sm
    from statsmodels.genmod.cov_struct import Exchangeable
    from statsmodels.regression.mixed_linear_model import MixedLM

    X = np.column_stack([np.ones(len(table)), table.x, table.z])
    y, groups = table.y.to_numpy(), table.site.to_numpy()
    if name in ("gee", "gee_binomial"):
        family = sm.families.Binomial() if name == "gee_binomial" else sm.families.Gaussian()
        outcome = table.event.to_numpy() if name == "gee_binomial" else y
        return lambda: sm.GEE(outcome, X, groups, family=family, cov_struct=Exchangeable()).fit()
    if name in ("intercept", "slope"):
        effects = X[:, :2] if name == "slope" else X[:, :1]
        return lambda: MixedLM(y, X, groups, exog_re=effects).fit()
    return None


def in_r(name: str, file: Path) -> float:
    """CPU seconds that R says of its own fit."""
    command = ["Rscript", str(HERE / "engines.R"), str(file), name]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Each model at a small and a large size."""
    answer = Answer("What a fit costs: 5,000 rows in 1,000 clusters; 50,000 rows in 1,000 clusters")
    peers = has_r("lme4", "geepack")
    if not peers:
        answer.said.append("R's lme4 and geepack are not installed, and were not measured.")
    warnings.simplefilter("ignore")
    quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        for size in [(5_000, 1_000)] if quick else [(5_000, 1_000), LARGE]:
            table = simulated(*size)
            file = Path(folder) / "d.csv"
            table.to_csv(file, index=False)
            for name, (title, kind, options) in MODELS_ASKED.items():
                _one(answer, name, title, table, whole=partial(ours, kind, table, **options),
                     file=file if peers else None, large=size == LARGE)  # fmt: skip
    tell(answer)


def _one(answer: Answer, name: str, title: str, table: pd.DataFrame, *,
         whole: Callable[[], Callable[[], object]], file: Path | None, large: bool) -> None:  # fmt: skip
    kind = MODELS_ASKED[name][1]
    label = f"{title}, {len(table):,}"
    run = engine(kind, name, table)
    run()
    own = within(run, 5)
    answer.rows.append(Row(f"{label}: engine", own))
    answer.rows.append(Row(f"{label}: formula to Result", within(whole(), 3)))
    wanted = TARGETS[name] if large else (None, None)
    rivals = [("statsmodels", statsmodels(name, table), wanted[0])]
    for rival, call, target in rivals:
        if call is not None:
            _against(answer, f"{label}: {rival}", within(call, 2, 2.0), own, target)
    if file is not None:
        package = "geepack" if kind == "gee" else "lme4"
        _against(answer, f"{label}: {package}", in_r(name, file), own, wanted[1])


def _against(answer: Answer, what: str, theirs: float, own: float, target: float | None) -> None:
    row = Row(what, theirs)
    if target is None:
        row.ratio = f"{theirs / own:,.0f} ×"
    else:
        row = ratio(Row(what, own), theirs, target, at_least=True)
        row.seconds = theirs
    answer.rows.append(row)


if __name__ == "__main__":
    main()
