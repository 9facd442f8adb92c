"""NIST's certified regressions: how many digits of each number are right, and that none is lost.

Where NIST's certificates are not in the reference data the exact solution is found in rational
arithmetic, from the same decimals: no floating point has a part in it.
"""

from __future__ import annotations

import csv
import math
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import pytest

from reportgen.core.types import Facts, Frame
from reportgen.models import MODELS

POWERS = " + ".join(f"I(x1 ** {power})" for power in range(2, 11))
FIFTH = "y ~ x1 + I(x1 ** 2) + I(x1 ** 3) + I(x1 ** 4) + I(x1 ** 5)"
FORMULAS = {
    "Norris": "y ~ x1",
    "Pontius": "y ~ x1 + I(x1 ** 2)",
    "NoInt1": "y ~ 0 + x1",
    "NoInt2": "y ~ 0 + x1",
    "Filip": f"y ~ x1 + {POWERS}",
    "Longley": "y ~ x1 + x2 + x3 + x4 + x5 + x6",
    "Wampler1": FIFTH,
    "Wampler2": FIFTH,
    "Wampler3": FIFTH,
    "Wampler4": FIFTH,
    "Wampler5": FIFTH,
}
LONG = np.finfo(np.longdouble).eps < 1e-18
LEAST = {"Filip": 7.5, "Norris": 11, "Pontius": 11, "Wampler4": 7, "Wampler5": 5}
"""The digits of coefficients without numbers longer than doubles; 9 for the others."""
EXACT = ("Wampler1", "Wampler2")


def digits(found: float, exact: Decimal) -> float:
    """The log relative error, base 10: how many significant digits agree, 15 at most."""
    difference = abs(Decimal(found) - exact)
    if difference == 0:
        return 15.0
    relative = difference / abs(exact) if exact else difference
    return min(15.0, -math.log10(relative))


@cache
def columns(path):
    with path.open(newline="") as file:
        return [{name: Fraction(value) for name, value in row.items()}
                for row in csv.DictReader(file)]  # fmt: skip


def powers(name, row):
    """The design of a set, exactly."""
    x = row["x1"]
    if name.startswith("NoInt"):
        return [x]
    if name == "Longley":
        return [Fraction(1), *(row[f"x{place}"] for place in range(1, 7))]
    degree = {"Norris": 1, "Pontius": 2, "Filip": 10}.get(name, 5)
    return [x**power for power in range(degree + 1)]


def solved(matrix, right):
    """The inverse of a matrix, and its product with a vector, by elimination without rounding."""
    size = len(matrix)
    rows = [[*line, *(Fraction(int(i == j)) for j in range(size)), value]
            for i, (line, value) in enumerate(zip(matrix, right, strict=True))]  # fmt: skip
    for place in range(size):
        pivot = next(line for line in range(place, size) if rows[line][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [each / rows[place][place] for each in rows[place]]
        for line in range(size):
            if line != place and rows[line][place]:
                share = rows[line][place]
                rows[line] = [a - share * b for a, b in zip(rows[line], rows[place], strict=True)]
    return [line[size:-1] for line in rows], [line[-1] for line in rows]


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


@cache
def exact(name, path):
    """Coefficients, standard errors and residual standard deviation to 40 digits."""
    data = columns(path)
    X, y = [powers(name, row) for row in data], [row["y"] for row in data]
    size = len(X[0])
    gram = [[sum(row[i] * row[j] for row in X) for j in range(size)] for i in range(size)]
    moment = [sum(row[i] * value for row, value in zip(X, y, strict=True)) for i in range(size)]
    inverse, b = solved(gram, moment)
    left = [value - sum(a * c for a, c in zip(row, b, strict=True))
            for row, value in zip(X, y, strict=True)]  # fmt: skip
    scale = sum(each**2 for each in left) / (len(y) - size)
    with localcontext() as context:
        context.prec = 40
        errors = [(decimal(scale * inverse[place][place])).sqrt() for place in range(size)]
        return [decimal(each) for each in b], errors, decimal(scale).sqrt()


def fitted(name, path):
    table = pd.read_csv(path)
    frame = Frame(table, Facts(name, len(table), len(table), "0" * 64))
    kind = MODELS.load("ols")
    return kind.tidy(kind.fit(kind.Options(formula=FORMULAS[name]), frame))


@pytest.fixture(scope="module")
def data(shared):
    return lambda name: shared / "golden" / "data" / f"nist_{name}.csv"


@pytest.fixture(scope="module")
def shown(root):
    """The digits that the documentation claims: (coefficients, standard errors) by set."""
    found = {}
    for line in (root / "docs" / "computes.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] in FORMULAS:
            numbers = (None if cell == "—" else float(cell) for cell in cells[2:])
            found[cells[0]] = tuple(numbers)
    return found


@pytest.mark.parametrize("name", FORMULAS)
def test_digits_of_coefficients(name, data, shown):
    """The least accurate coefficient has the digits that the documentation claims."""
    estimates = [coef.estimate for coef in fitted(name, data(name)).coef.values()]
    known, _, _ = exact(name, data(name))
    assert min(map(digits, estimates, known)) >= (shown[name][0] if LONG else LEAST.get(name, 9))


@pytest.mark.parametrize("name", [name for name in FORMULAS if name not in EXACT])
def test_digits_of_standard_errors(name, data, shown):
    """The least accurate standard error, and the residual standard deviation."""
    result = fitted(name, data(name))
    _, errors, sigma = exact(name, data(name))
    found = [coef.se for coef in result.coef.values()]
    least = min(*map(digits, found, errors), digits(math.sqrt(result.stats["scale"]), sigma))
    assert least >= (shown[name][1] if LONG else LEAST.get(name, 9))


@pytest.mark.parametrize("name", EXACT)
def test_an_exact_fit_has_no_standard_errors(name, data):
    """An outcome that the terms determine leaves rounding, which is no standard error."""
    result = fitted(name, data(name))
    assert {coef.se for coef in result.coef.values()} == {None}
    assert [note.code for note in result.notes] == ["perfect-fit"]


def test_filip_is_said_to_be_ill_conditioned(data):
    """Ten powers of one column: five billion is the condition even of columns of length 1."""
    assert "ill-conditioned" in [note.code for note in fitted("Filip", data("Filip")).notes]


@pytest.mark.parametrize("name", ["Longley", "Norris", "Pontius", "NoInt1"])
def test_exact_arithmetic_agrees_with_the_certificates(name, data, golden):
    """The rational solution has every certified digit of coefficients and standard errors."""
    certified = golden("nist")["linear"][name]["certified"]
    known, errors, sigma = exact(name, data(name))
    for found, value in zip((*known, *errors), (*certified["coef"], *certified["se"]), strict=True):
        assert digits(value, found) >= 14
    assert digits(certified["sigma"], sigma) >= 14


@pytest.mark.parametrize("name", ["Longley", "Norris", "Pontius", "NoInt1"])
def test_r_squared(name, data, golden):
    """R² about the mean, or about 0 without an intercept, to 13 digits."""
    certified = golden("nist")["linear"][name]["certified"]["r2"]
    assert digits(fitted(name, data(name)).stats["rsquared"], Decimal(certified)) >= 13
