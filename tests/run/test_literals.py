"""Numbers written by hand that are results: what is pointed out, and what is left alone."""

from __future__ import annotations

import json

import pytest

from reportgen.cli import main
from reportgen.plan.build import plan
from reportgen.plan.source import parse
from reportgen.run.literals import found_records, literals, numbers_in

SPEC = """\
reportgen: 1
title: A small trial
datasets:
  trial: {source: trial.csv, columns: [y, Dose, site, yes]}
defaults: {groups: site}
models:
  gee: {kind: gee, formula: y ~ Dose, cov_struct: exchangeable}
  odds: {kind: glm, family: binomial, formula: yes ~ C(Dose)}
  list: {kind: ols, formula: $y ~ 1, each: {y: [y, Dose]}}
report:
  - text: |
      TEXT
output: {formats: [html]}
"""


def coef(estimate, se, low, high, p=0.0000004, statistic=25.636):
    return {
        "estimate": estimate, "se": se, "statistic": statistic, "df": None, "p": p, "low": low,
        "high": high, "variable": None, "level": None, "reference": None,
    }  # fmt: skip


# The case study's published numbers for age (GEE) and sex (smoking, as a logarithm of odds).
RESULTS = {
    "schema": "reportgen/results/1",
    "datasets": {"trial": {"rows_read": 5735, "n": 5102}},
    "models": {
        "gee": {
            "n": 5102,
            "n_groups": 30,
            "group_size": {"min": 106, "mean": 170.0667, "max": 226},
            "coef": {
                "Intercept": coef(92.1685, 1.3843, 89.4553, 94.8819, statistic=66.581),
                "Dose": coef(0.4741008, 0.0184933, 0.4378545, 0.5103471),
            },
            "stats": {"qic": 5119.63, "llf": None},
            "icc": 0.0134597,
        },
        "odds": {"n": 5102, "coef": {"C(Dose)[T.2]": coef(0.90868, 0.06234, 0.78649, 1.03087)}},
        "list[y]": {"n": 5102, "coef": {}, "icc": 0.0301},
        "gone": {"n": 4321, "coef": {"x": coef(7.77, 1.0, 5.8, 9.7)}},
    },
}  # fmt: skip


def told(text: str) -> list[tuple[str, str]]:
    """Each number that is pointed out in a text, with what to write instead."""
    made = plan(parse(SPEC.replace("TEXT", text), "trial.yaml"), {})
    found = literals(made, RESULTS)
    lines = SPEC.replace("TEXT", text).split("\n")
    return [
        (
            lines[each.place.line - 1][each.place.column - 1 :][: each.place.length],
            each.help.removeprefix("write `{{ ").removesuffix(" }}`"),
        )
        for each in found
        if each.place
    ]


AGE = "models.gee.coef.Dose"
SEX = 'models.odds.coef["C(Dose)[T.2]"]'
POINTED_OUT = {
    "rises by 0.47 mmHg": [("0.47", f"{AGE}.estimate | num(2)")],
    "(0.44 to 0.51)": [("0.44", f"{AGE}.low | num(2)"), ("0.51", f"{AGE}.high | num(2)")],
    "by 0.4741, or $x = 0.474$": [
        ("0.4741", f"{AGE}.estimate | num(4)"), ("0.474", f"{AGE}.estimate | num(3)")
    ],
    "0.47, as gee has it, and 25.6": [
        ("0.47", f"{AGE}.estimate | num(2)"), ("25.6", f"{AGE}.statistic | num(1)")
    ],
    "5,102 of 5735": [
        ("5,102", "data.trial.n | count"), ("5735", "data.trial.rows_read | count")
    ],
    "of 106 to 226": [
        ("106", "models.gee.group_size.min | count"), ("226", "models.gee.group_size.max | count")
    ],
    "odds 2.48 times": [("2.48", f"{SEX}.estimate | exp | num(2)")],
    "1.3% of the variance": [("1.3%", "models.gee.icc | pct")],
    "1.35% of it": [("1.35%", "(100 * models.gee.icc) | num(2)")],
    "0.030 in all": [("0.030", 'models.list["y"].icc | num(3)')],
    "QIC 5119.6": [("5119.6", "models.gee.stats.qic | num(1)")],
}  # fmt: skip
LEFT_ALONE = (
    "in 2016, 30 units", "p < 0.001 at the 95% level", "1.96 and 0.05 and 0.5", "5.102 and 0.48",
    "{{ models.gee.coef.Dose.estimate | num(2) }}", "`0.47` in code", "[see](https://x.org/0.47)",
    "section 0.47, Table 106, version 0.474", "0.474.1", "H0.47 and a0.47", "2015-2016", "106-226",
    "7.77 of a model that is gone", "4321", "0.5 of 0.4", "5102.5", "-0.47", "\u22120.47",
    "1. first\n      106. second",
)  # fmt: skip


@pytest.mark.parametrize("text", POINTED_OUT)
def test_a_result_written_by_hand_is_pointed_out(text: str) -> None:
    """To the digits that are written, with its place and what to write instead."""
    assert told(text) == POINTED_OUT[text]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_numbers_are_left_alone(text: str) -> None:
    """Years, small and round numbers, references, code, another sign, models that are no more."""
    assert told(text) == []


def test_every_expression_that_is_proposed_is_right() -> None:
    """What the message says to write is itself a right spec."""
    for text, pairs in POINTED_OUT.items():
        for written, how in pairs:
            better = SPEC.replace("TEXT", text.replace(written, f"{{{{ {how} }}}}"))
            assert plan(parse(better, "trial.yaml"), {}).title


def test_the_problem_names_model_and_number() -> None:
    """A warning with the model and the key; no value but the one that the author wrote."""
    (problem,) = literals(plan(parse(SPEC.replace("TEXT", "0.47"), "t.yaml"), {}), RESULTS)
    assert (problem.severity, problem.code) == ("warning", "literal-number")
    assert "`coef Dose estimate` of `gee`" in problem.message
    assert "0.474" not in problem.message + problem.help


def test_abstract_and_claims_are_prose_too() -> None:
    """Each text that may hold values is compared."""
    text = SPEC.replace("title: A small trial", "title: A small trial\nabstract: rises by 0.47")
    text = text.replace("TEXT", "no number").replace(
        "output:", "  - claim: the correlation is 1.3%\n    that: models.gee.icc < 0.02\noutput:"
    )
    found = literals(plan(parse(text, "t.yaml"), {}), RESULTS)
    assert [each.place.line for each in found if each.place] == [3, 14]


def test_numbers_know_their_decimals_and_signs() -> None:
    """Thousands are separated, a minus belongs to its number, a percentage to its sign."""
    found = list(numbers_in("5,102.5 and \u22120.47 and 41.8 %"))
    assert [(str(each.value), each.decimals, each.percent) for each in found] == [
        ("5102.5", 1, False), ("-0.47", 2, False), ("41.8", 1, True)
    ]  # fmt: skip


def test_validate_compares_with_the_last_build(tmp_path, capsys) -> None:
    """`--strict` reads the record in the report's folder; without one it says so."""
    spec, out = tmp_path / "trial.yaml", tmp_path / "out"
    spec.write_text(SPEC.replace("TEXT", "It rises by 0.47."), encoding="utf-8")
    (tmp_path / "trial.csv").write_text("y,Dose,site,yes\n1,2,3,1\n", encoding="utf-8")
    command = ["validate", str(spec), "--out", str(out)]
    assert main(command) == 0
    assert main([*command, "--strict"]) == 0
    assert "no results" in capsys.readouterr().err
    (out / "trial").mkdir(parents=True)
    (out / "trial" / "results.json").write_text(json.dumps(RESULTS), encoding="utf-8")
    assert main([*command, "--strict"]) == 2
    said = capsys.readouterr().err
    assert "warning[literal-number]" in said
    assert "{{ models.gee.coef.Dose.estimate | num(2) }}" in said


def test_only_records_that_can_be_read_count(tmp_path) -> None:
    """Of a matrix each report has its own; what is no record of ours is none."""
    for name, text in (("a", json.dumps(RESULTS)), ("b", "{"), ("c", '{"schema": "other/1"}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.json").write_text(text, encoding="utf-8")
    assert found_records(tmp_path) == [RESULTS]
