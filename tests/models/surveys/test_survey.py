"""Survey estimates against R's survey package, on NHANES and on California's schools."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.core.errors import DataError, FitError
from reportgen.core.types import Facts, Frame, Result, Step, Variable
from reportgen.models.surveys.survey import Survey
from reportgen.models.wald import with_wald

CLOSED = 1e-9
DESIGN = {"weights": "WTINT2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU"}
COMPLETE = [
    "BPXSY1", "RIDAGEYR", "RIAGENDR", "RIDRETH1", "DMDEDUC2", "BMXBMI", "SMQ020", "SDMVSTRA",
    "SDMVPSU",
]  # fmt: skip
SBP = "BPXSY1 ~ RIDAGEYR + RIAGENDRx + BMXBMI + C(RIDRETH1)"
EDUCATION = {1: "lt9", 2: "x9_11", 3: "HS", 4: "SomeCollege", 5: "College"}


def frame_of(table: pd.DataFrame, **facts) -> Frame:
    variables = {name: Variable(name, name) for name in table}
    return Frame(table, Facts("d", len(table), len(table), "", variables=variables, **facts))


def surveyed(frame: Frame, **options) -> Result:
    kind = Survey()
    given = kind.Options(**options)
    assert list(kind.check(given)) == []
    return kind.tidy(kind.fit(given, frame))


@pytest.fixture(scope="module")
def people(nhanes_csv) -> pd.DataFrame:
    table = pd.read_csv(nhanes_csv)
    return table.assign(
        smq=table.SMQ020.map({1: 1.0, 2: 0.0}),
        RIAGENDRx=table.RIAGENDR.map({1: "Male", 2: "Female"}),
        DMDEDUC2x=table.DMDEDUC2.map(EDUCATION),
        cc=table[COMPLETE].notna().all(axis=1),
        women_40=(table.RIAGENDR == 2) & (table.RIDAGEYR >= 40),
        women=(table.RIAGENDR == 2) & table[COMPLETE].notna().all(axis=1),
        small=(table.RIDRETH1 == 2) & (table.RIDAGEYR >= 70),
    )


@pytest.fixture(scope="module")
def nhanes(people):
    frame = frame_of(people)
    return lambda **options: surveyed(frame, **{**DESIGN, **options})


@pytest.fixture(scope="module")
def r(golden):
    return golden("nhanes_survey_R")["2015_2016"]


def one(r, key):
    """A single mean of R: estimate, SE, design effect, t interval."""
    found = r[key]
    (name,) = found["est"]
    interval = found["ci95_t_degf"]["matrix"][0]
    deff = found["deff"][name] if found["deff"] else None
    return found["est"][name], found["se"][name], deff, *interval, found["df"]


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("mean_age_full", {"of": ("RIDAGEYR",)}),
        ("mean_bp_narm", {"of": ("BPXSY1",)}),
        ("mean_bmi_narm", {"of": ("BMXBMI",)}),
        ("mean_smq_narm", {"of": ("smq",)}),
        ("domain_women_40plus", {"of": ("BPXSY1",), "domain": "women_40"}),
        ("domain_small", {"of": ("BPXSY1",), "domain": "small"}),
    ],
)
def test_means_are_those_of_R(nhanes, r, key, options):
    """Estimate, linearised SE, Kish's design effect, t interval and degrees of freedom."""
    estimate, se, deff, low, high, df = one(r, key)
    (coef,) = nhanes(estimate="mean", **options).coef.values()
    found = (coef.estimate, coef.se, coef.low, coef.high, coef.df)
    assert found == pytest.approx((estimate, se, low, high, df), rel=CLOSED)
    if deff is not None:
        assert coef.more["deff"] == pytest.approx(deff, rel=CLOSED)
    assert coef.p is None


@pytest.mark.parametrize("interval", ["logit", "beta", "asin", "mean"])
def test_intervals_of_a_proportion(nhanes, r, interval):
    """The four scales of R's svyciprop."""
    coef = nhanes(estimate="proportion", of=("smq",), interval=interval).coef["smq"]
    assert (coef.low, coef.high) == pytest.approx(r["prop_smq_ciprop"][interval]["ci"], rel=CLOSED)


def test_the_shares_of_levels(nhanes, r):
    """A text column gives one proportion a level, and they add up to 1."""
    result = nhanes(estimate="proportion", of=("DMDEDUC2x",), interval="mean")
    known = r["mean_edu"]
    for level in EDUCATION.values():
        name, coef = f"C(DMDEDUC2x)[T.{level}]", result.coef[f"DMDEDUC2x[{level}]"]
        assert coef.estimate == pytest.approx(known["est"][name], rel=CLOSED)
        assert coef.se == pytest.approx(known["se"][name], rel=CLOSED)
        assert coef.more["deff"] == pytest.approx(known["deff"][name], rel=CLOSED)
    assert sum(coef.estimate for coef in result.coef.values()) == pytest.approx(1)
    assert np.sum(result.vcov) == pytest.approx(0, abs=1e-15)


def test_a_total_and_a_ratio(nhanes, r):
    """Totals with their design effect, and ratios of two columns on the rows that have both."""
    total = nhanes(estimate="total", of=("smq",))
    known = r["total_smokers"]
    coef = total.coef["smq"]
    assert (coef.estimate, coef.se, coef.more["deff"]) == pytest.approx(
        (known["est"], known["se"], known["deff"]), rel=CLOSED
    )
    assert "total-of-the-known" in {note.code for note in total.notes}
    ratio = nhanes(estimate="ratio", of=("BPXSY1",), denominator="BMXBMI", domain="cc")
    coef, known = ratio.coef["ratio(BPXSY1, BMXBMI)"], r["ratio_sys_dia"]
    assert (coef.estimate, coef.se) == pytest.approx((known["est"], known["se"]), rel=CLOSED)


def test_quantiles(nhanes, r):
    """Quartiles with Woodruff's intervals, by the rule `math` of R's svyquantile."""
    result = nhanes(estimate="quantile", of=("BPXSY1",))
    found = [[coef.estimate, coef.low, coef.high, coef.se] for coef in result.coef.values()]
    assert np.array(found) == pytest.approx(np.array(r["quantile_bp"]["matrix"]), rel=CLOSED)


def test_domains_by_levels(nhanes, r):
    """`over` gives each level's estimate with the whole design in its standard error."""
    known = r["by_gender"]
    result = nhanes(estimate="mean", of=("BPXSY1",), over=("RIAGENDRx",))
    for place, sex in enumerate(known["RIAGENDRx"]):
        coef = result.coef[f"BPXSY1|RIAGENDRx[{sex}]"]
        assert coef.estimate == pytest.approx(known["BPXSY1"][place], rel=CLOSED)
        assert coef.se == pytest.approx(known["se"][place], rel=CLOSED)
        assert coef.more["deff"] == pytest.approx(known["DEff.BPXSY1"][place], rel=CLOSED)
    crossed = nhanes(estimate="mean", of=("BPXSY1",), over=("RIDRETH1", "RIAGENDRx"))
    assert len(crossed.coef) == len(r["by_race_gender"]) == 10
    for row in r["by_race_gender"]:
        name = f"BPXSY1|RIDRETH1[{row['RIDRETH1']}]|RIAGENDRx[{row['RIAGENDRx']}]"
        coef = crossed.coef[name]
        assert (coef.estimate, coef.se) == pytest.approx((row["BPXSY1"], row["se"]), rel=CLOSED)


def test_the_difference_of_two_domains(nhanes, r):
    """The joint covariance of domain means gives the difference that a regression on sex gives."""
    result = nhanes(estimate="mean", of=("BPXSY1",), over=("RIAGENDRx",), domain="cc")
    slope = nhanes(formula="BPXSY1 ~ RIAGENDRx", domain="cc").coef["RIAGENDRx[T.Male]"]
    female, male = (coef.estimate for coef in result.coef.values())
    (a, b), (_, d) = result.vcov
    assert slope.estimate == pytest.approx(male - female, rel=1e-9)
    assert slope.se == pytest.approx(np.sqrt(a + d - 2 * b), rel=1e-9)


@pytest.mark.parametrize(
    ("key", "options", "tolerance"),
    [
        ("svyglm_gauss_cc", {"formula": SBP, "domain": "cc"}, 1e-9),
        ("svyglm_gauss_full_naomit", {"formula": SBP}, 1e-9),
        (
            "svyglm_gauss_women",
            {"formula": "BPXSY1 ~ RIDAGEYR + BMXBMI + C(RIDRETH1)", "domain": "women"},
            1e-9,
        ),
        (
            "svyglm_logit_cc",
            {
                "formula": "smq ~ RIDAGEYR + RIAGENDRx + C(DMDEDUC2x)",
                "family": "binomial",
                "domain": "cc",
            },
            1e-6,
        ),
    ],
)
def test_regressions_are_those_of_svyglm(nhanes, r, key, options, tolerance):
    """Coefficients, covariance, and t tests with the design's degrees of freedom + 1 - p."""
    known, result = r[key], nhanes(**options)
    names = known["vcov"]["names"]
    assert list(result.coef) == names
    assert result.n == known["n"]
    assert result.stats["df_resid"] == known["df_resid"]
    for place, name in enumerate(names):
        coef = result.coef[name]
        found = (coef.estimate, coef.se, coef.statistic, coef.p, coef.low, coef.high)
        wanted = (
            *(known[part][name] for part in ("coef", "se", "t", "p")),
            *known["confint"]["matrix"][place],
        )
        assert found == pytest.approx(wanted, rel=tolerance)
        assert result.vcov[place] == pytest.approx(
            known["vcov"]["matrix"][place], rel=10 * tolerance
        )


def test_dispersion_is_the_population_variance_of_the_residuals(nhanes, r):
    """R's summary.svyglm, where no row of the design is incomplete."""
    result = nhanes(formula=SBP, domain="cc")
    assert result.stats["scale"] == pytest.approx(r["svyglm_gauss_cc"]["dispersion"], rel=CLOSED)


@pytest.mark.parametrize(
    ("key", "term", "options"),
    [
        ("regTermTest_race", "C(RIDRETH1)", {"formula": SBP}),
        (
            "regTermTest_edu",
            "C(DMDEDUC2x)",
            {"formula": "smq ~ RIDAGEYR + RIAGENDRx + C(DMDEDUC2x)", "family": "binomial"},
        ),
    ],
)
def test_joint_tests_are_those_of_regTermTest(nhanes, r, key, term, options):
    """Wald F of a whole term with the design's degrees of freedom in its denominator."""
    test, known = with_wald(nhanes(domain="cc", **options)).wald[term], r[key]
    found = (test.statistic, test.df, test.df_resid, test.p)
    assert found == pytest.approx((known["F"], known["df"], known["ddf"], known["p"]), rel=1e-7)


def test_clusters_without_strata(people, r):
    """One stratum: units minus 1 degrees of freedom."""
    table = people.assign(unit=10 * people.SDMVSTRA + people.SDMVPSU)
    result = surveyed(frame_of(table), weights="WTINT2YR", psu="unit", formula=SBP, domain="cc")
    known = r["svyglm_gauss_clusters_no_strata"]
    assert result.stats["df_resid"] == known["df_resid"]
    for name, se in known["se"].items():
        assert result.coef[name].se == pytest.approx(se, rel=CLOSED)


@pytest.mark.parametrize("rule", ["remove", "certainty", "adjust", "average"])
def test_lonely_units_by_named_rules(people, r, rule):
    """Rows filtered before the design leave strata with one unit; R's rules say what then."""
    filtered = frame_of(people[people.small])
    result = surveyed(filtered, **DESIGN, estimate="mean", of=("BPXSY1",), lonely=rule)
    known, coef = r[f"lonely_{rule}"], result.coef["BPXSY1"]
    assert (coef.estimate, coef.se, coef.df) == pytest.approx(
        (known["est"], known["se"], known["df"]), rel=CLOSED
    )
    assert rule in next(note.text for note in result.notes if note.code == "lonely-unit")


def test_a_lonely_unit_fails_unless_a_rule_is_named(people):
    """The default is R's: no number, and a word on what to do."""
    filtered = frame_of(people[people.small])
    with pytest.raises(FitError) as caught:
        surveyed(filtered, **DESIGN, estimate="mean", of=("BPXSY1",))
    assert caught.value.problems[0].code == "lonely-unit"
    assert "`domain`" in caught.value.problems[0].help


# ── stratified schools: finite population corrections ────────────────────────────────────────


@pytest.fixture(scope="module")
def schools(shared):
    table = pd.read_csv(shared / "golden" / "data" / "apistrat.csv")
    table["wide"] = (table["sch.wide"] == "Yes").astype(float)
    table["log_enroll"] = np.log(table["enroll"])
    return table.rename(columns={"api.stu": "api_stu"})


@pytest.fixture(scope="module")
def api(golden):
    return golden("public_R")["api"]


STRATIFIED = {"weights": "pw", "strata": "stype", "fpc": "fpc"}


@pytest.mark.parametrize(
    ("key", "column", "options"),
    [
        ("strat_mean", "api00", {"estimate": "mean", **STRATIFIED}),
        ("strat_mean_nofpc", "api00", {"estimate": "mean", "weights": "pw", "strata": "stype"}),
        ("strat_total", "enroll", {"estimate": "total", **STRATIFIED}),
    ],
)
def test_means_and_totals_of_a_stratified_sample(schools, api, key, column, options):
    """Rows as sampling units, with and without a finite population correction."""
    coef = surveyed(frame_of(schools), of=(column,), **options).coef[column]
    known = [api[key][part][column] for part in ("est", "se", "deff")]
    assert (coef.estimate, coef.se, coef.more["deff"]) == pytest.approx(known, rel=CLOSED)


def test_weights_follow_from_the_correction(schools, api):
    """Without `weights` the population sizes give them, as in R, and a note says so."""
    result = surveyed(
        frame_of(schools), strata="stype", fpc="fpc", estimate="mean", of=("api00",)
    )  # fmt: skip
    assert result.coef["api00"].se == pytest.approx(api["strat_mean"]["se"]["api00"], rel=1e-6)
    assert [note.code for note in result.notes] == ["no-weights"]


def test_a_share_says_the_same_as_a_size(schools, api):
    """`fpc` may be the share of a stratum's units that was sampled."""
    size = schools.groupby("stype")["api00"].transform("size")
    table = schools.assign(share=size / schools["fpc"])
    result = surveyed(
        frame_of(table), weights="pw", strata="stype", fpc="share", estimate="mean", of=("api00",)
    )
    assert result.coef["api00"].se == pytest.approx(api["strat_mean"]["se"]["api00"], rel=CLOSED)


def test_the_ratio_of_two_totals(schools, api):
    """svyratio with a finite population correction."""
    result = surveyed(
        frame_of(schools), estimate="ratio", of=("api_stu",), denominator="enroll", **STRATIFIED
    )
    coef = result.coef["ratio(api_stu, enroll)"]
    known = api["strat_ratio"]
    assert (coef.estimate, coef.se) == pytest.approx((known["est"], known["se"]), rel=CLOSED)


@pytest.mark.parametrize(
    ("key", "options", "tolerance"),
    [
        ("strat_glm", {"formula": "api00 ~ ell + meals + mobility", **STRATIFIED}, 1e-9),
        (
            "strat_glm_nofpc",
            {"formula": "api00 ~ ell + meals + mobility", "weights": "pw", "strata": "stype"},
            1e-9,
        ),
        (
            "strat_logit",
            {"formula": "wide ~ ell + meals + mobility", "family": "binomial", **STRATIFIED},
            2e-4,  # R stops with weights one iteration old; with those, ours are R's to 1e-14
        ),
        (
            "strat_poisson",
            {
                "formula": "api_stu ~ ell + meals",
                "family": "poisson",
                "offset": "log_enroll",
                **STRATIFIED,
            },
            1e-6,
        ),
    ],
)
def test_regressions_of_a_stratified_sample(schools, api, key, options, tolerance):
    """Linear, logistic and Poisson models, with p by t."""
    known, result = api[key], surveyed(frame_of(schools), **options)
    assert result.stats["df_resid"] == known["df_resid"]
    assert result.stats["scale"] == pytest.approx(known["dispersion"], rel=1e-6)
    for name in known["coef"]:
        coef = result.coef[name]
        wanted = [known[part][name] for part in ("coef", "se", "p")]
        assert (coef.estimate, coef.se, coef.p) == pytest.approx(wanted, rel=tolerance)


# ── declared wrongly, and what is said ───────────────────────────────────────────────────────


@pytest.fixture
def small() -> pd.DataFrame:
    return pd.DataFrame({
        "y": [1.0, 2.0, 4.0, 3.0, 6.0, 5.0, 8.0, 9.0],
        "x": [0.0, 1.0, 1.0, 2.0, 0.0, 3.0, 2.0, 5.0],
        "w": [2.0, 2.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0],
        "h": ["a"] * 4 + ["b"] * 4,
        "u": [1, 1, 2, 2, 1, 1, 2, 2],
    })  # fmt: skip


def mean(table, **options):
    design = {"weights": "w", "strata": "h", "psu": "u", "estimate": "mean", "of": ("y",)}
    return surveyed(frame_of(table), **{**design, **options})


def test_the_variance_by_hand(small):
    """Two strata of two units: V = Σ (z₁ - z₂)² of the totals of w(y - ȳ)/Σw."""
    coef = mean(small).coef["y"]
    ybar = (2 * 10 + 3 * 28) / 20
    z = (small.w * (small.y - ybar) / 20).groupby([small.h, small.u]).sum()
    by_hand = (z["a", 1] - z["a", 2]) ** 2 + (z["b", 1] - z["b", 2]) ** 2
    assert (coef.estimate, coef.se**2, coef.df) == pytest.approx((ybar, by_hand, 2))


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        ({"w": [-1.0] + [2.0] * 7}, {}, "weights"),
        ({"w": [None] + [2.0] * 7}, {}, "design-missing"),
        ({"h": [None] + ["a"] * 7}, {}, "design-missing"),
        ({"f": [3.0] * 7 + [4.0]}, {"fpc": "f"}, "fpc"),
        ({"f": [1.5] * 8}, {"fpc": "f"}, "fpc"),
        ({"f": [0.0] * 8}, {"fpc": "f"}, "fpc"),
        ({}, {"nest": False}, "units-across-strata"),
        ({}, {"of": ("h",), "estimate": "quantile"}, "not-numeric"),
        ({}, {"domain": "h"}, "domain"),
    ],
)
def test_columns_that_describe_no_design(small, change, options, code):
    """Each is refused in the spec's words, where R stops too or would go on in silence."""
    with pytest.raises(DataError) as caught:
        mean(small.assign(**change), **options)
    assert caught.value.problems[0].code == code


def test_rows_dropped_by_the_sample_are_a_finding(small):
    """Filtering before the design is declared changes standard errors: the report says so."""
    frame = frame_of(small, steps=(Step("Adults", 11, 8),))
    result = surveyed(frame, weights="w", strata="h", psu="u", estimate="mean", of=("y",))
    assert [note.code for note in result.notes] == ["sample-before-design"]
    assert "3 rows" in result.notes[0].text
    assert "`domain`" in result.notes[0].text


def test_incomplete_rows_are_outside_the_domain(small):
    """A missing value changes nothing but the rows used: its unit stays in the design."""
    holes = small.assign(y=small.y.where(small.index != 0))
    gone = holes.assign(known=holes.y.notna(), y=holes.y.fillna(0.0))
    one, other = mean(holes), mean(gone, domain="known")
    assert one.coef["y"] == other.coef["y"]
    assert (one.n, one.n_read, one.missing) == (7, 8, {"y": 1})
    model = surveyed(
        frame_of(holes), weights="w", strata="h", psu="u", formula="y ~ x", lonely="fail"
    )
    assert (model.n, model.n_read, model.missing) == (7, 8, {"y": 1})


def test_a_whole_unit_outside_the_domain_still_counts(small):
    """Its total is zero, not absent: the standard error differs from that of the filtered rows."""
    table = small.assign(d=~((small.h == "a") & (small.u == 1)))
    inside = mean(table, domain="d").coef["y"]
    filtered = mean(table[table.d], lonely="remove").coef["y"]
    assert inside.estimate == pytest.approx(filtered.estimate)
    assert inside.se > filtered.se
    assert inside.df == filtered.df == 1


def test_more_coefficients_than_the_design_can_test(small):
    """Estimates and standard errors are shown; tests and intervals are not made up."""
    result = surveyed(frame_of(small), weights="w", strata="h", psu="u", formula="y ~ x + C(u)")
    assert {coef.p for coef in result.coef.values()} == {None}
    assert all(coef.se > 0 for coef in result.coef.values())
    assert "no-design-df" in {note.code for note in result.notes}
    assert with_wald(result).wald == {}


def test_means_are_not_tested_against_zero(small):
    """Their covariance is known, and still there is no test that they are all zero."""
    result = with_wald(mean(small, of=("y", "x")))
    assert len(result.vcov) == 2
    assert result.wald == {}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "survey"),
        ({"formula": "y ~ x", "estimate": "mean"}, "survey"),
        ({"estimate": "mean"}, "missing-key"),
        ({"estimate": "ratio", "of": ("y",)}, "denominator"),
        ({"estimate": "mean", "of": ("y",), "denominator": "x"}, "denominator"),
        ({"estimate": "quantile", "of": ("y",), "quantiles": (50.0,)}, "quantiles"),
        ({"estimate": "mean", "of": ("y",), "family": "poisson"}, "foreign-key"),
        ({"formula": "y ~ x", "over": ("x",)}, "foreign-key"),
        ({"formula": "y ~ x", "family": "poisson", "link": "probit"}, "link"),
    ],
)
def test_options_that_do_not_fit_together(options, code):
    """Found before any data are read."""
    kind = Survey()
    assert [problem.code for problem in kind.check(kind.Options(**options))] == [code]


def test_a_constant_stays_a_failure(small):
    """A regression without anything to explain is refused as everywhere."""
    with pytest.raises(FitError):
        surveyed(frame_of(small.assign(y=1.0)), weights="w", formula="y ~ x")


def test_levels_keep_their_order(small):
    """Declared levels order the proportions, and a level nobody has is left out."""
    frame = frame_of(small)
    variable = Variable("h", "Half", levels={"b": "Second", "a": "First", "c": "None"})
    facts = replace(frame.facts, variables={**frame.facts.variables, "h": variable})
    result = surveyed(
        Frame(frame.table, facts), weights="w", estimate="proportion", of=("h",)
    )  # fmt: skip
    assert list(result.coef) == ["h[b]", "h[a]"]
    assert result.terms[0].levels == {"b": "h[b]", "a": "h[a]"}


def test_sampling_units_are_counted_within_strata(nhanes):
    """Ids 1 and 2 in each of fifteen strata are thirty units, not two."""
    for options in ({"formula": "BPXSY1 ~ RIDAGEYR"}, {"estimate": "mean", "of": ("BPXSY1",)}):
        result = nhanes(**options)
        details = result.method.details
        assert (result.n_groups, details["n_units"], details["n_strata"]) == (30, 30, 15)
        assert details["df_design"] == 15
