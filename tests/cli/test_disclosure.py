"""Messages about data name column, row and count; a value of the data only where it is asked."""

from __future__ import annotations

import pytest

from reportgen.cli import main

SPEC = """\
reportgen: 1
title: Secrets
datasets:
  people:
    source: {source}
{more}
models:
  m: {{kind: ols, data: people, formula: {formula}}}
report: [{{table: model, models: m}}]
output: {{formats: [html]}}
"""
SECRET = "Erika-Mustermann"

CASES = {
    "a code that levels do not list": ("    columns: {y: y, x: x, name: {levels: [a]}}", "name"),
    "a code that a map does not list": ("    recodes: {z: {map: name, values: {a: 1}}}", "name"),
    "text declared a number": ("    columns: {y: y, x: x, name: {type: number}}", "name"),
    "text where a recode needs numbers": ("    recodes: {z: {center: name}}", "name"),
    "text where another needs them": ("    recodes: {z: {cut: name, at: [1]}}", "name"),
    "arithmetic with text": ("    recodes: {z: name + 1}", ""),
    "text compared with a number": ("    recodes: {z: name < 1}", ""),
    "some cells that are no numbers": ("    columns: [y, x, typo]", "typo"),
    "repeats of an identifier": (
        "    join: [{source: more.csv, on: name, validate: one_to_one}]", "name",
    ),
    "an order of levels that lacks one": (
        "    recodes: {z: {map: name, values: {a: a}, else: keep, levels: [a]}}", "z",
    ),
    "text in a formula": ("    columns: {y: y, x: x, name: {}}", "name"),
    "a reference that is no level": (
        "    recodes: {z: {map: name, values: {a: b}, else: keep, reference: q}}", "z",
    ),
}  # fmt: skip


@pytest.fixture
def told(tmp_path, capsys):
    """What a build of a spec about these people says, with or without values."""
    rows = [f"{row * 7 % 5},{row},{'a' if row % 3 else SECRET}" for row in range(12)]
    (tmp_path / "people.csv").write_text("\n".join(["y,x,name", *rows]), encoding="utf-8")
    typos = [f"{row % 5},{row},{SECRET if row == 4 else row}" for row in range(12)]
    (tmp_path / "typos.csv").write_text("\n".join(["y,x,typo", *typos]), encoding="utf-8")
    (tmp_path / "more.csv").write_text(f"name,w\n{SECRET},1\n{SECRET},2\na,3\n", encoding="utf-8")

    def run(case, *arguments):
        more, _ = CASES[case]
        formula = "y ~ np.log(name)" if case == "text in a formula" else "y ~ x"
        if "z" in more.split("recodes: {")[-1][:2]:
            formula = "y ~ z"
        source = "typos.csv" if "typo" in more else "people.csv"
        spec = SPEC.format(source=source, more=more, formula=formula)
        (tmp_path / "spec.yaml").write_text(spec, encoding="utf-8")
        out = ["--out", str(tmp_path / "out"), "--no-cache"]
        code = main(["build", str(tmp_path / "spec.yaml"), *out, *arguments])
        heard = capsys.readouterr()
        return code, heard.err + heard.out

    return run


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_no_value_is_told_unasked(told, case, form):
    """The message names the column and says nothing of who is in it."""
    code, said = told(case, *form)
    assert code in (3, 4), said
    assert SECRET not in said
    assert CASES[case][1] in said


@pytest.mark.parametrize("case", list(CASES)[:3] + list(CASES)[7:9])
def test_values_are_told_to_who_asks(told, case):
    """With `--show-values` the same message has them, with their counts."""
    code, said = told(case, "--show-values")
    assert code in (3, 4)
    assert f"`{SECRET}` (" in said
    assert "--show-values tells which" in told(case)[1]
