"""What does a fit cost? Our engines, statsmodels, and R's lme4 and geepack where they are."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from engine_alone import alone, one_pass
from measure import HERE, Answer, Row, has_r, ratio, tell, times, within
from simulated import clustered

from reportgen.core.options import ModelOptions
from reportgen.core.types import Facts, Frame, Variable
from reportgen.models import MODELS

SMALL, LARGE, VAST = (5_000, 1_000), (50_000, 1_000), (500_000, 50_000)
ITEMS = 100
"""The regions that clusters lie in, and the items that they are crossed with."""


@dataclass(frozen=True)
class Asked:
    """A model by what it is called: its kind and options, the sizes at which it is fitted, and how
    many times faster than statsmodels, and than R, it is to be at 50,000 rows.
    """

    title: str
    kind: str
    options: dict[str, object]
    sizes: tuple[tuple[int, int], ...] = (SMALL, LARGE)
    targets: tuple[float | None, float | None] = (None, None)
    package: str = field(default="lme4")


LINEAR, LOGISTIC = {"formula": "y ~ x + z"}, {"formula": "event ~ x + z", "family": "binomial"}
SITE = {"groups": "site"}
AGQ = {"method": "agq", "nodes": 10}
NESTED = {"formula": "score ~ x + z", "groups": "region", "re_formula": "1",
          "vc_formula": {"site": "0 + C(site)"}}  # fmt: skip
CROSSED = {"formula": "score ~ x + z",
           "vc_formula": {"site": "0 + C(site)", "item": "0 + C(item)"}}  # fmt: skip
MODELS_ASKED = {
    "gee": Asked("GEE exchangeable", "gee", LINEAR | SITE, targets=(40, 100), package="geepack"),
    "gee_binomial": Asked("GEE binomial", "gee", LOGISTIC | SITE, package="geepack"),
    "gee_ar1": Asked("GEE AR(1)", "gee", LINEAR | SITE | {"cov_struct": "autoregressive", "time": "t"},
                     (LARGE,), package="geepack"),
    "intercept": Asked("random intercept", "mixedlm", LINEAR | SITE, targets=(500, 50)),
    "slope": Asked("random slope, correlated", "mixedlm", LINEAR | SITE | {"re_formula": "1 + x"},
                   targets=(1000, 70)),
    "laplace": Asked("logistic random intercept, Laplace", "glmm",
                     LOGISTIC | SITE | {"method": "laplace"}, targets=(None, 150)),
    "quadrature": Asked("the same, 10-point quadrature", "glmm", LOGISTIC | SITE | AGQ, (SMALL,)),
    "nested": Asked("nested components", "mixedlm", NESTED, (SMALL, VAST)),
    "crossed": Asked("crossed components", "mixedlm", CROSSED, (SMALL, VAST)),
}  # fmt: skip


def simulated(n: int, clusters: int, seed: int = 1) -> pd.DataFrame:
    """Clusters of unequal sizes in regions and crossed with items, two covariates, the place of a
    row in its cluster, a number, a yes/no, and a score that regions and items move too.
    """
    table, rng = clustered(n, clusters, seed), np.random.default_rng(seed + 1)
    site, y = table.site.to_numpy(), table.y.to_numpy()
    region, item = site * ITEMS // clusters, rng.integers(0, ITEMS, n)
    score = y + rng.normal(0, 0.5, ITEMS)[region] + rng.normal(0, 0.5, ITEMS)[item]
    return table.assign(t=table.groupby("site").cumcount(), region=region, item=item, score=score)


def frame(table: pd.DataFrame) -> Frame:
    """A prepared frame, as a model kind gets it."""
    variables = {name: Variable(name, name) for name in table}
    return Frame(table, Facts("d", len(table), len(table), "0" * 64, variables=variables))


def ours(kind: str, table: pd.DataFrame, **options: object) -> Callable[[], object]:
    """The whole way of a fit: formula, design, health, estimates, Result."""
    model = MODELS.load(kind)
    asked: ModelOptions = model.Options(engine="fast", **options)
    ready = frame(table)
    return lambda: model.tidy(model.fit(asked, ready))


def statsmodels(name: str, table: pd.DataFrame) -> Callable[[], object] | None:
    """Statsmodels on the same arrays; None where it has no such model, or takes minutes."""
    import statsmodels.api as sm
    from statsmodels.genmod import cov_struct
    from statsmodels.regression.mixed_linear_model import MixedLM

    X = np.column_stack([np.ones(len(table)), table.x, table.z])
    y, groups = table.y.to_numpy(), table.site.to_numpy()
    if name.startswith("gee"):
        family = sm.families.Binomial() if name == "gee_binomial" else sm.families.Gaussian()
        outcome = table.event.to_numpy() if name == "gee_binomial" else y
        ordered = name == "gee_ar1"
        structure = cov_struct.Autoregressive(grid=True) if ordered else cov_struct.Exchangeable()
        time = table.t.to_numpy() if ordered else None
        return lambda: sm.GEE(
            outcome, X, groups, time=time, family=family, cov_struct=structure
        ).fit()
    if name in ("intercept", "slope"):
        effects = X[:, :2] if name == "slope" else X[:, :1]
        return lambda: MixedLM(y, X, groups, exog_re=effects).fit()
    return None


def in_r(name: str, file: Path) -> float:
    """CPU seconds that R says of its own fit."""
    command = ["Rscript", str(HERE / "engines.R"), str(file), name]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Each model at its sizes."""
    answer = Answer(
        "What a fit costs",
        "CPU milliseconds of a fit: of the engine alone, from arrays to estimates with their covariance; from "
        "formula to Result, with its design and what it is examined for; of statsmodels on the same arrays; of "
        "R's lme4 (mixed models) or geepack (GEE). Behind a peer: how many times the engine's that is. 5,000 and "
        "50,000 rows lie in 1,000 clusters, 500,000 in 50,000.",
        table=[
            [
                "model",
                "rows",
                "engine",
                "formula to Result",
                "statsmodels",
                "× engine",
                "lme4 or geepack",
                "× engine",
            ]
        ],
    )
    peers = has_r("lme4", "geepack")
    if not peers:
        answer.said.append("R's lme4 and geepack are not installed, and were not measured.")
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for size in [SMALL] if "--quick" in sys.argv else [SMALL, LARGE, VAST]:
            table, file = simulated(*size), Path(folder) / "d.csv"
            table.to_csv(file, index=False)
            floor = within(one_pass(table), 20)
            if size == LARGE:
                answer.said.append(
                    f"One pass over the data (XᵀX, and the sums of [X, y] over clusters) takes {floor * 1e3:.2g} "
                    f"ms at {size[0]:,} rows."
                )
            for name, asked in MODELS_ASKED.items():
                if size in asked.sizes:
                    _one(answer, name, table, file if peers else None, size, floor)
    tell(answer)


def _one(answer: Answer, name: str, table: pd.DataFrame, file: Path | None, size: tuple[int, int],
         floor: float) -> None:  # fmt: skip
    asked = MODELS_ASKED[name]
    run = alone(name, table)
    run()
    own = within(run, 7)
    whole = within(ours(asked.kind, table, **asked.options), 3)
    line = [asked.title, f"{len(table):,}", _thousandths(own), _thousandths(whole)]
    call = statsmodels(name, table)
    peers = {
        "statsmodels": None if call is None else within(call, 2, 2.0),
        asked.package: None if file is None else in_r(name, file),
    }
    for (peer, theirs), target in zip(peers.items(), asked.targets, strict=True):
        line += ["", ""] if theirs is None else [_thousandths(theirs), times(theirs / own)]
        if theirs is not None and target is not None and size == LARGE:
            row = Row(f"{asked.title}, {len(table):,} rows: faster than", own, against=peer)
            answer.rows.append(ratio(row, theirs, target, at_least=True))
            if not row.met and peer == "statsmodels":
                answer.said.append(_reach(asked.title, theirs, own, floor, target))
    answer.table.append(line)


def _thousandths(seconds: float) -> str:
    """Milliseconds in three digits."""
    value = seconds * 1e3
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _reach(title: str, theirs: float, own: float, floor: float, target: float) -> str:
    """What a missed target would ask for, in passes over the data."""
    return (
        f"{title[0].upper()}{title[1:]}: {target:,.0f} × faster than statsmodels, which takes {theirs:.2g} s "
        f"here, would be {theirs / target * 1e3:.2g} ms, the time of {theirs / target / floor:.1f} "
        f"passes over the data; the engine takes {own * 1e3:.2g} ms, that of {own / floor:.1f}."
    )


if __name__ == "__main__":
    main()
