"""Inputs that a library answers with numbers all the same, and what a reader is told of each."""

from __future__ import annotations

import json
import random
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from reportgen.cli import main
from reportgen.core.errors import DataError, FitError, SpecError
from reportgen.core.types import Facts, Frame, Result, Variable
from reportgen.models import MODELS
from reportgen.models.formulas.formula import parse


def base(n: int = 200) -> pd.DataFrame:
    """Ordinary rows, to be spoiled."""
    rng = np.random.default_rng(5)
    x, z = rng.normal(size=n), rng.normal(size=n)
    table = pd.DataFrame({"x": x, "z": z, "site": np.arange(n) % 50, "w": 1 + rng.random(n)})
    table["c"] = np.array(["a", "b", "c"])[np.arange(n) % 3]
    table["h"] = rng.choice(["p", "q"], n)
    table["y"] = 1 + 0.5 * x + rng.normal(size=n)
    table["event"] = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    table["count"] = rng.poisson(np.exp(0.3 + 0.3 * x))
    return table


def fitted(kind: str, table: pd.DataFrame, **options) -> Result:
    variables = {name: Variable(name, name) for name in table}
    frame = Frame(table, Facts("data", len(table), len(table), "0" * 64, variables=variables))
    model = MODELS.load(kind)
    return model.tidy(model.fit(model.Options(**options), frame))


def spoiled(**columns):
    return base().assign(**columns)


T, R = base(), np.random.default_rng(1)
BINOMIAL = {"formula": "event ~ x", "family": "binomial"}
C_ZERO = {"formula": "event ~ c + x", "family": "binomial"}
ONLY = np.where(T.index == 0, "only", T.c)
ALIASED = {"x2": 2 * T.x}
SITES = {"formula": "y ~ x", "groups": "site"}
EMPTY = T.assign(c=T.c.where(~((T.c == "c") & (T.h == "q")), "a"))

FLAGGED = [
    (1, "glm", spoiled(event=(T.x > 0).astype(int)), BINOMIAL, {"separation"}),
    (2, "logit", spoiled(event=(T.x > 0).astype(int)), {"formula": "event ~ x"}, {"separation"}),
    (3, "glm", spoiled(event=T.event.where(T.c != "c", 0)), C_ZERO, {"separation"}),
    (4, "gee", spoiled(event=T.event.where(T.c != "c", 0)), {**C_ZERO, "groups": "site"},
     {"separation"}),
    (5, "ols", spoiled(y=3.0), {"formula": "y ~ x"}, {"constant-outcome"}),
    (6, "glm", spoiled(event=0), BINOMIAL, {"constant-outcome"}),
    (7, "logit", spoiled(event=1), {"formula": "event ~ x"}, {"constant-outcome"}),
    (8, "poisson", spoiled(count=0), {"formula": "count ~ x"}, {"constant-outcome"}),
    (9, "poisson", spoiled(count=T["count"].where(T.c != "c", 0)), {"formula": "count ~ c"},
     {"separation"}),
    (10, "glm", spoiled(event=T.event + 1), BINOMIAL, {"outcome-range"}),
    (14, "glm", spoiled(event=T["count"]), BINOMIAL, {"outcome-range"}),
    (15, "poisson", spoiled(count=T["count"] - 1), {"formula": "count ~ x"}, {"outcome-range"}),
    (16, "glm", spoiled(y=T["count"]), {"formula": "y ~ x", "family": "gamma", "link": "log"},
     {"outcome-range"}),
    (22, "ols", spoiled(x=np.nan), {"formula": "y ~ x"}, {"no-rows"}),
    (23, "ols", spoiled(x=T.x.where(T.index != 3, np.inf)), {"formula": "y ~ x"}, {"not-finite"}),
    (24, "ols", spoiled(x=T.x.where(T.index != 3, 0).abs()), {"formula": "y ~ np.log(x)"},
     {"not-finite"}),
    (25, "ols", T, {"formula": "y ~ np.log(x)"}, {"not-finite"}),
    (26, "ols", spoiled(x=T.x.astype(str)), {"formula": "y ~ x"}, {"numbers-as-text"}),
    (27, "ols", spoiled(x=T.x.round(1).astype(str).where(T.index != 3, "1,2")),
     {"formula": "y ~ x"}, {"numbers-as-text"}),
    (33, "ols", spoiled(x=pd.date_range("2020-01-01", periods=200)), {"formula": "y ~ x"},
     {"date-column"}),
    (35, "ols", spoiled(c=pd.Series(np.where(T.index % 2, 1, 2).tolist(), dtype=object).where(
        T.index % 4 != 0, "1")), {"formula": "y ~ c"}, {"mixed-levels"}),
    (36, "ols", spoiled(**ALIASED), {"formula": "y ~ x + x2"}, {"rank-deficient"}),
    (37, "glm", spoiled(**ALIASED), {"formula": "event ~ x + x2", "family": "binomial"},
     {"rank-deficient"}),
    (38, "gee", spoiled(**ALIASED), {"formula": "y ~ x + x2", "groups": "site"},
     {"rank-deficient"}),
    (39, "mixedlm", spoiled(**ALIASED), {"formula": "y ~ x + x2", "groups": "site"},
     {"rank-deficient"}),
    (40, "ols", spoiled(x2=T.x + 1e-9 * T.z), {"formula": "y ~ x + x2"},
     {"ill-conditioned", "rank-deficient"}),
    (41, "logit", spoiled(**ALIASED), {"formula": "event ~ x + x2"}, {"rank-deficient"}),
    (42, "ols", T[:3], {"formula": "y ~ x + z + w + h"}, {"too-few-rows"}),
    (43, "ols", T[:3], {"formula": "y ~ c"}, {"no-residual-df"}),
    (44, "ols", T[:1], {"formula": "y ~ x"}, {"constant-outcome"}),
    (45, "ols", T[:0], {"formula": "y ~ x"}, {"no-rows"}),
    (48, "ols", EMPTY, {"formula": "y ~ c * h"}, {"empty-column"}),
    (49, "ols", spoiled(c=ONLY), {"formula": "y ~ c"}, {"leverage"}),
    (50, "ols", spoiled(c=ONLY), {"formula": "y ~ c", "cov_type": "HC3"}, {"leverage-robust"}),
    (52, "ols", spoiled(q=3 * T.y + 1), {"formula": "y ~ q"}, {"perfect-fit"}),
    (68, "ols", spoiled(site=1), {"formula": "y ~ x", "cov_type": "cluster", "groups": "site"},
     {"one-cluster"}),
    (69, "ols", spoiled(site=T.index % 3),
     {"formula": "y ~ x + z + c", "cov_type": "cluster", "groups": "site"},
     {"clusters-coefficients"}),
    (71, "gee", spoiled(site=1), SITES, {"one-cluster"}),
    (72, "gee", spoiled(site=T.index), SITES, {"singletons"}),
    (73, "gee", spoiled(site=T.index % 4), SITES, {"few-clusters"}),
    (80, "mixedlm", spoiled(site=1), SITES, {"one-cluster"}),
    (81, "mixedlm", spoiled(site=T.index), SITES, {"singletons"}),
    (82, "mixedlm", spoiled(y=T.z - T.z.groupby(T.index // 4).transform("mean"),
                            site=T.index // 4), SITES, {"boundary"}),
    (86, "mixedlm", spoiled(y=1.0), SITES, {"constant-outcome"}),
    (92, "mixedlm", spoiled(site=T.index % 20), {"formula": "y ~ C(site)", "groups": "site"},
     {"determined-effects", "groups-as-fixed-effects"}),
    (93, "gee", spoiled(site=T.index % 20, c=np.where(T.index % 20 == 3, "solo", T.c)),
     {"formula": "y ~ c", "groups": "site"}, {"one-cluster-level"}),
    (133, "negativebinomial", spoiled(count=R.binomial(10, 0.3, 200)), {"formula": "count ~ x"},
     {"no-overdispersion"}),
    (135, "zeroinflatedpoisson", spoiled(count=T["count"] + 1), {"formula": "count ~ x"},
     {"no-zeros"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "table", "options", "codes"),
    [case[1:] for case in FLAGGED],
    ids=[f"{case[0]}-{case[1]}" for case in FLAGGED],
)
def test_what_cannot_be_trusted_is_said(kind, table, options, codes):
    """A finding that warns, or a refusal, with the code of what is wrong."""
    assert said(kind, table, options) & codes


def said(kind, table, options) -> set[str]:
    """The codes of what failed the fit, or of what its reader is warned of."""
    try:
        result = fitted(kind, table, **options)
    except (DataError, FitError) as error:
        return {problem.code for problem in error.problems}
    assert result.status == "warning"
    return {note.code for note in result.notes if note.level != "info"}


REFUSED = [
    (59, "wls", {"w": T.w - 3}, {"formula": "y ~ x", "weights": "w"}),
    (64, "glm", {"w": T.w.round() - 3}, {**BINOMIAL, "freq_weights": "w"}),
    (65, "poisson", {"w": T.w.where(T.index != 2, 0)}, {"formula": "count ~ x", "exposure": "w"}),
    (66, "poisson", {"w": T.x}, {"formula": "count ~ x", "exposure": "w"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "columns", "options"), [case[1:] for case in REFUSED],
    ids=[f"{case[0]}-{case[1]}" for case in REFUSED],
)  # fmt: skip
def test_weights_and_exposures_that_cannot_be(kind, columns, options):
    """Negative weights and times of no length are errors of the data."""
    with pytest.raises((DataError, FitError)):
        fitted(kind, spoiled(**columns), **options)


@pytest.mark.parametrize("kind", ["glm", "logit", "gee"])
@pytest.mark.parametrize("outcome", [T.event == 1, T.event.map({0: "no", 1: "yes"})])
def test_the_sign_of_a_yes_stands(kind, outcome):
    """11–13: words and booleans give the coefficients of 0 and 1, and the event is named."""
    options = {"formula": "event ~ x"}
    options |= {"family": "binomial"} if kind != "logit" else {}
    options |= {"groups": "site"} if kind == "gee" else {}
    plain, coded = (fitted(kind, table, **options) for table in (T, spoiled(event=outcome)))
    assert coded.coef["x"].estimate == pytest.approx(plain.coef["x"].estimate, rel=1e-6)
    assert coded.method.event in ("True", "yes")


@pytest.mark.parametrize(("x", "z"), [(1e12, 1.0), (1e-8, 1e10)])
def test_units_do_not_matter(x, z):
    """19, 20: the size of a unit changes no test."""
    plain = fitted("ols", T, formula="y ~ x + z")
    scaled = fitted("ols", spoiled(x=T.x * x, z=T.z * z), formula="y ~ x + z")
    for name in ("x", "z"):
        assert scaled.coef[name].statistic == pytest.approx(plain.coef[name].statistic, rel=1e-6)


def test_small_whole_numbers_do_not_wrap():
    """29, 30: squares of int8 and differences of uint8 are those of the numbers."""
    table = spoiled(k=(T.index % 120).astype("int8"), a=(T.index % 9).astype("uint8"))
    wide = table.astype({"k": float, "a": float})
    formula = "y ~ I(k**2) + I(a - k)"
    small, large = fitted("ols", table, formula=formula), fitted("ols", wide, formula=formula)
    for name, coef in large.coef.items():
        assert small.coef[name].estimate == pytest.approx(coef.estimate, rel=1e-9)


def test_missing_rows_are_counted():
    """21, 61, 62: rows lost to a covariate or a weight are left out together, and counted."""
    table = spoiled(x=T.x.where(T.index >= 100), w=T.w.where(T.index % 50 != 7))
    result = fitted("wls", table, formula="y ~ x", weights="w")
    kept = fitted("wls", table.dropna(subset=["x", "w"]), formula="y ~ x", weights="w")
    assert result.n == kept.n == 98
    assert dict(result.missing) == {"x": 100, "w": 4}
    assert result.coef["x"].estimate == pytest.approx(kept.coef["x"].estimate)


@pytest.mark.parametrize(
    "text",
    [
        "y ~ a b", "y ~ 1x", "y ~ class", "y ~ x - z", "y ~ y + x", "y ~ True", "y ~ None",
        "y ~ x-y",
    ],
)  # fmt: skip
def test_formulas_that_mean_nothing(text):
    """51, 100–106, 120, 130: names that are no names, and terms taken away that are not there."""
    with pytest.raises(SpecError):
        parse(text)


@pytest.mark.parametrize("name", ["a b", "lambda", "log", "C", "it's", "größe", "T.x", "a[b]"])
def test_any_column_can_be_quoted(name):
    """101–119: a quoted name is its column, whatever it looks like."""
    text = f'y ~ Q("{name}")'
    table = spoiled(**{name: T.x})
    assert next(iter(parse(text).terms)).columns == (name,)
    found = fitted("ols", table, formula=text)
    plain = fitted("ols", T, formula="y ~ x")
    assert list(found.coef.values())[1].estimate == pytest.approx(plain.coef["x"].estimate)


TOLD = [
    (28, "ols", spoiled(c=T.index % 3 + 1), {"formula": "y ~ c"}, "possible-codes"),
    (74, "gee", spoiled(y=T.z - T.z.groupby(T.index // 4).transform("mean"), site=T.index // 4),
     SITES, "negative-correlation"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "table", "options", "code"), [case[1:] for case in TOLD],
    ids=[f"{case[0]}-{case[1]}" for case in TOLD],
)  # fmt: skip
def test_what_may_be_meant_is_told(kind, table, options, code):
    """What is no error by itself, and often one: a finding that weakens nothing."""
    notes = fitted(kind, table, **options).notes
    assert ("info", code) in [(note.level, note.code) for note in notes]


def test_codes_with_names_that_enter_as_numbers():
    """28: where the codes have names there is no doubt, and the number is marked."""
    table = spoiled(c=T.index % 3 + 1)
    variables = {"c": Variable("c", "Region", levels={"1": "North", "2": "South", "3": "West"})}
    frame = Frame(table, Facts("data", 200, 200, "0" * 64, variables=variables))
    ols = MODELS.load("ols")
    (note,) = ols.tidy(ols.fit(ols.Options(formula="y ~ c"), frame)).notes
    assert (note.level, note.code) == ("warning", "codes-as-numbers")
    assert "C(c)" in note.text


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("gee", {"formula": "y ~ x", "groups": "site"}),
        ("gee", {"formula": "y ~ c", "groups": "site"}),
        ("mixedlm", {"formula": "y ~ x", "groups": "site"}),
        ("glmm", {"formula": "event ~ x", "groups": "site", "family": "binomial"}),
        ("survey", {"formula": "y ~ x", "psu": "site", "weights": "w"}),
    ],
)
def test_clusters_with_missing_ids_are_not_guessed(kind, options):
    """70, 78, 87: a row without a cluster is an error of the data, not a row that vanishes."""
    table = spoiled(site=pd.Series(T.site, dtype=float).where(T.index % 9 != 0))
    with pytest.raises(DataError, match="missing"):
        fitted(kind, table, **options)


def test_nullable_columns_with_missing_values():
    """31, 32: rows with a missing Int64 or boolean are left out and counted, whatever the term."""
    gone = T.index % 7 == 3
    whole = pd.array(np.where(gone, None, T.index % 5), dtype="Int64")
    truth = pd.array(np.where(gone, None, T.index % 2 == 1), dtype="boolean")
    table = spoiled(k=whole, b=truth)
    plain = table[~gone].astype({"k": float}).assign(b=table.b[~gone].astype(bool))
    for text in ("y ~ k", "y ~ C(k)", "y ~ b", "y ~ I(k**2)"):
        found, expected = (fitted("ols", each, formula=text) for each in (table, plain))
        assert found.n == 200 - gone.sum()
        assert sum(found.missing.values()) == gone.sum()
        assert {name: coef.estimate for name, coef in found.coef.items()} == pytest.approx(
            {name: coef.estimate for name, coef in expected.coef.items()}
        )


@pytest.mark.parametrize("levels", [["a", "b", "c", "d"], ["d", "a", "b", "c"]])
def test_levels_that_no_row_has_take_no_part(levels):
    """46, 47: an unused level is no column, and no reference."""
    plain = fitted("ols", T, formula="y ~ c")
    found = fitted("ols", spoiled(c=pd.Categorical(T.c, levels)), formula="y ~ c")
    assert found.coef == plain.coef
    assert next(term for term in found.terms if term.name == "c").reference == "a"


def test_a_reference_that_no_row_has_is_an_error():
    """47: asked for by name, it is not replaced in silence."""
    with pytest.raises(DataError, match="no level `d`"):
        fitted("ols", T, formula='y ~ C(c, Treatment("d"))')


@pytest.mark.parametrize("kind", ["gee", "mixedlm", "ols"])
def test_an_index_that_repeats_changes_nothing(kind):
    """56: rows are known by their place."""
    options = {"formula": "y ~ x + c", "groups": "site"}
    options |= {"cov_type": "cluster"} if kind == "ols" else {}
    table = T.copy()
    table.index = [0] * len(table)
    plain, repeated = (fitted(kind, each, **options) for each in (T, table))
    assert repeated.coef == plain.coef


def test_weights_and_clusters_go_with_their_rows():
    """63, 67: frequency weights and clusters of rows that are left out are left out with them."""
    table = spoiled(x=T.x.where(T.index >= 100), w=T.index + 1)
    kept = table[100:]
    for kind, options in (
        ("glm", {**BINOMIAL, "freq_weights": "w"}),
        ("ols", {"formula": "y ~ x", "cov_type": "cluster", "groups": "site"}),
    ):
        found, expected = (fitted(kind, each, **options) for each in (table, kept))
        assert found.n == 100
        assert found.coef["x"].estimate == pytest.approx(expected.coef["x"].estimate)
        assert found.coef["x"].se == pytest.approx(expected.coef["x"].se)


@pytest.mark.parametrize("level", ["nan", "NaN", "None", "NA", "null"])
def test_a_level_may_be_called_like_a_missing_value(level):
    """57: what a table holds as a level is one, whatever it is called."""
    found = fitted("ols", spoiled(c=T.c.replace("b", level)), formula="y ~ c")
    plain = fitted("ols", T, formula="y ~ c")
    assert found.n == 200
    (term,) = [term for term in found.terms if term.name == "c"]
    assert level in {*term.levels, term.reference}
    assert found.stats["llf"] == pytest.approx(plain.stats["llf"])


# ── as a user meets them: a file, a spec, a build ────────────────────────────────────────────


def lines(header: str, row: Callable[[int, Callable[[], str]], str], n: int = 60) -> str:
    source = random.Random(4)

    def draw() -> str:
        return f"{source.gauss(0, 1):.3f}"

    return "\n".join([header, *(row(number, draw) for number in range(n))]) + "\n"


def pair(number: int, draw: Callable[[], str]) -> str:
    return f"{draw()},{draw()}"


@pytest.fixture
def build(tmp_path, monkeypatch, capsys):
    """Build a report of one model from a text of values: exit code, problems' codes, results."""

    def made(content: str, model: str, columns: str = ""):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "d.csv").write_text(content, encoding="utf-8")
        declared = f", columns: {columns}" if columns else ""
        (tmp_path / "s.yaml").write_text(
            f"reportgen: 1\ntitle: t\ndatasets: {{d: {{source: d.csv{declared}}}}}\n"
            f"models:\n  m: {{{model}}}\nreport:\n  - {{table: model, models: [m]}}\n"
            "output: {formats: [html]}\n", encoding="utf-8",
        )  # fmt: skip
        code = main(["build", "s.yaml", "--out", "o", "--json"])
        told = json.loads(capsys.readouterr().err or "[]")
        results = tmp_path / "o" / "s" / "results.json"
        known = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
        return code, [each["code"] for each in told], known

    return made


OLS = "kind: ols, formula: y ~ x"
FILES = [
    (53, lines("y,x,x", lambda n, g: f"{g()},{g()},{g()}"), OLS, 3, "repeated-header"),
    (55, lines("y,x", lambda n, g: pair(n, g) + ",9" * (n == 30)), OLS, 3, "row-length"),
    (55, lines("y,x", lambda n, g: f"{g()},{g()},{g()}"), OLS, 3, "row-length"),
    (27, lines("y,x", lambda n, g: f"{g()},1O3" if n == 7 else pair(n, g)), OLS, 3,
     "not-a-number"),
    (26, lines("y,x", lambda n, g: f'{g()},"1,{100 + n}"'), OLS, 4, "fit-failed"),
    (23, lines("y,x", lambda n, g: f"{g()},1e400" if n == 7 else pair(n, g)), OLS, 3,
     "not-finite"),
    (58, lines("y,x,id", lambda n, g: f"{pair(n, g)},{2**53 + n % 12 if n else ''}"),
     "kind: gee, formula: y ~ x, groups: id", 3, "missing-clusters"),
    (113, lines("y,Intercept", pair), "kind: ols, formula: y ~ Intercept", 2, "formula"),
    (131, lines("y,x", pair), "kind: ols, formula: y ~ np", 2, "unknown-column"),
    (132, lines("y,x", pair), "kind: ols, formula: y ~ ageee", 2, "unknown-column"),
    (134, lines("y,x", pair, 10), f"{OLS}, cov_type: HAC", 2, "bad-value"),
    (75, lines("y,x,id", lambda n, g: f"{pair(n, g)},{n % 12}"),
     "kind: gee, formula: y ~ x, groups: id, cov_struct: autoregressive", 2, "missing-time"),
    (17, lines("y,x", pair), "kind: glm, formula: y ~ x, maxiter: 2", 2, "unknown-key"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "model", "exit_code", "code"), [case[1:] for case in FILES],
    ids=[f"{case[0]}-{case[4]}" for case in FILES],
)  # fmt: skip
def test_files_and_specs_that_cannot_be_meant(build, content, model, exit_code, code):
    """The exit code says whose fault it is, and the code of the problem what it is."""
    found, told, _ = build(content, model)
    assert (found, told[:1]) == (exit_code, [code])


@pytest.mark.parametrize(
    ("header", "term"), [("", ""), ('"x\n2"', "x\\n2"), ("Intercept", "Intercept"), ("T.x", "T.x")]
)
def test_strange_headers_can_be_quoted(build, header, term):
    """113, 118, 121: a column without a name, or with a line break in it, is still a column."""
    code, told, results = build(
        lines(f"y,{header}", pair), f"""kind: ols, formula: 'y ~ Q("{term}")'"""
    )
    assert (code, told) == (0, [])
    assert len(results["models"]["m"]["coef"]) == 2


def test_a_country_called_na_is_a_country(build):
    """57: NA is missing among numbers and a level among texts."""
    code, _, results = build(
        lines("y,c", lambda n, g: f"{g()},{['NA', 'FR', 'None', 'nan'][n % 4]}"),
        "kind: ols, formula: y ~ c",
    )
    assert (code, results["models"]["m"]["n"]) == (0, 60)
    assert set(results["models"]["m"]["coef"]) == {
        "Intercept", "c[T.NA]", "c[T.None]", "c[T.nan]"
    }  # fmt: skip


@pytest.mark.parametrize("first", [2**53, 10**25])
def test_long_ids_stay_apart(build, first):
    """58: ids that no float can hold are not rounded to each other, with missing ones or not."""
    rows = lines("y,x,id", lambda n, g: f"{pair(n, g)},{first + n % 12}")
    _, _, results = build(rows, "kind: gee, formula: y ~ x, groups: id")
    assert results["models"]["m"]["n_groups"] == 12


CLEAN = {
    "ols": "y ~ x + c", "glm": "y ~ x + c", "logit": "event ~ x + c", "poisson": "count ~ x + c",
    "quantreg": "y ~ x + c", "rlm": "y ~ x + c",
}  # fmt: skip


@pytest.mark.parametrize("kind", CLEAN)
def test_ordinary_data_raise_no_alarm(kind):
    """Seventeen draws of ordinary data for each kind: no finding that warns, and no warning."""
    for seed in range(17):
        rng = np.random.default_rng([seed, 9])
        x, c = rng.normal(size=300), rng.choice(["a", "b", "c"], 300)
        eta = 0.2 + 0.5 * x + 0.3 * (c == "b")
        table = pd.DataFrame({"x": x, "c": c, "y": eta + rng.normal(size=300)})
        table["event"] = (rng.random(300) < 1 / (1 + np.exp(-eta))).astype(int)
        table["count"] = rng.poisson(np.exp(eta))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = fitted(kind, table, formula=CLEAN[kind])
        assert result.status == "ok", (seed, result.notes)
