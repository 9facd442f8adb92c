"""A right spec, to be made wrong one line at a time, and what is then told of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reportgen.core.errors import Problem, SpecError
from reportgen.plan.build import plan
from reportgen.plan.source import parse

RIGHT = """\
reportgen: 1
title: A small trial
datasets:
  trial:
    source: trial.csv
    columns: [y, Dose, site]
defaults:
  groups: site
models:
  ols: {kind: ols, formula: y ~ Dose}
  gee:
    kind: gee
    formula: y ~ Dose
    cov_struct: exchangeable
report:
  - text: "{{ models.gee.coef.Dose.estimate }} from {{ data.trial.n }} rows"
  - table: compare
    models: [ols, gee]
output:
  formats: [html]
  theme: default
"""

Told = Callable[..., list[Problem]]


@pytest.fixture
def told() -> Told:
    """`told((old, new), …)`: the problems of the right spec with these texts exchanged."""

    def problems(*changes: tuple[str, str]) -> list[Problem]:
        text = RIGHT
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        try:
            plan(parse(text, "trial.yaml"), {})
        except SpecError as error:
            return list(error.problems)
        return []

    return problems
