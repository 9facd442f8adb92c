"""Small files and short specs that would grow without end: each is refused at once, in a sentence
that names the bound, and whoever runs the build may raise it.
"""

from __future__ import annotations

import gzip
import json
import random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from reportgen.cli import main
from reportgen.core.errors import DataError
from reportgen.core.limits import LIMITS, raised
from reportgen.data import SOURCES
from reportgen.data.formats import kind_of

SPEC = """\
reportgen: 1
title: A bomb
datasets:
  trial: {{source: {source}{more}}}
models:
  m: {{kind: ols, data: trial, formula: {formula}{each}}}
report:
  - {{table: {table}}}
output: {{formats: [html]}}
"""


class Project:
    def __init__(self, folder):
        self.folder = folder

    def spec(self, source="trial.csv", formula="y ~ x", more="", each="", table="model, models: m"):
        text = SPEC.format(source=source, formula=formula, more=more, each=each, table=table)
        (self.folder / "spec.yaml").write_text(text, encoding="utf-8")

    def build(self, *arguments):
        spec, out = self.folder / "spec.yaml", self.folder / "out"
        return main(["build", str(spec), "--out", str(out), "--no-cache", *arguments])


@pytest.fixture
def project(tmp_path):
    rows = "\n".join(f"{row * 7 % 5},{row},{row % 3}" for row in range(12))
    (tmp_path / "trial.csv").write_text(f"y,x,g\n{rows}\n", encoding="utf-8")
    return Project(tmp_path)


def refused(path):
    """The one message of a file that is not read."""
    from reportgen.core.contracts import Reach

    source = SOURCES.load(kind_of(path.name))
    with pytest.raises(DataError) as caught:
        source.read(source.Options(path=path.name), Reach((path.parent,)), ())
    (problem,) = caught.value.problems
    return problem


def test_a_gzip_bomb(tmp_path):
    """60 million bytes in 60 thousand."""
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a\n" + b"1\n" * 30_000_000))
    assert path.stat().st_size < 100_000
    problem = refused(path)
    assert problem.code == "too-large"
    assert "--limit bytes=" in problem.help


def workbook(path, sheet):
    """A workbook whose only sheet has these bytes."""
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'content-types"></Types>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_workbook_that_is_a_bomb(tmp_path):
    """The directory of the archive says how large it is, and nothing of it is expanded."""
    path = tmp_path / "bomb.xlsx"
    workbook(path, b"<row>" + b" " * 60_000_000)
    assert path.stat().st_size < 100_000
    problem = refused(path)
    assert problem.code == "too-large"
    assert "would expand to 60," in problem.message


def test_a_workbook_that_lies_about_its_size(tmp_path):
    """A directory that names a small size: no more than that is read, and it is damaged."""
    path = tmp_path / "bomb.xlsx"
    workbook(path, b" " * 60_000_000)
    lie = path.read_bytes().replace((60_000_000).to_bytes(4, "little"), (99).to_bytes(4, "little"))
    path.write_bytes(lie)
    assert refused(path).code == "not-excel"


def test_a_parquet_bomb(tmp_path):
    """Twenty million rows of one value take a few thousand bytes; the footer counts them."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "bomb.parquet"
    one = pyarrow.nulls(20_000_000, pyarrow.int64())
    parquet.write_table(pyarrow.table({"a": one, "b": one}), path)
    assert path.stat().st_size < 100_000
    with raised({"cells": 39_999_999}):
        problem = refused(path)
    assert problem.code == "too-large"
    assert "20,000,000 rows and 2 columns" in problem.message
    assert "--limit cells=" in problem.help


def test_a_header_of_many_columns(tmp_path):
    """A hundred thousand columns are too many, and are told so at once."""
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{number}" for number in range(100_000)) + "\n1\n", encoding="utf-8")
    problem = refused(path)
    assert problem.message == "`wide.csv` has 100,000 columns, which is more than 20,000"


def told(capsys):
    return json.loads(capsys.readouterr().err)


def test_a_factor_of_twenty_thousand_levels(project, capsys):
    """Identifiers in a formula fail their model, in a sentence; the rest of the report is made."""
    rows = "\n".join(f"{row % 7},p{row}" for row in range(20_000))
    (project.folder / "people.csv").write_text(f"y,g\n{rows}\n", encoding="utf-8")
    project.spec("people.csv", "y ~ C(g)")
    assert project.build("--json") == 4
    (problem,) = told(capsys)
    assert "`C(g)` has 20,000 levels, which is more than 2,000" in problem["message"]


def test_categories_that_multiply(project, capsys):
    """Two factors of three hundred levels each would have ninety thousand columns together."""
    chance = random.Random(1)
    rows = "\n".join(
        f"{row % 7},a{chance.randrange(300)},b{chance.randrange(300)}" for row in range(9_000)
    )
    (project.folder / "people.csv").write_text(f"y,a,b\n{rows}\n", encoding="utf-8")
    project.spec("people.csv", "y ~ C(a) * C(b)")
    assert project.build("--json") == 4
    (problem,) = told(capsys)
    assert "columns of 9,000 rows, which is more than 200,000,000 numbers" in problem["message"]


@pytest.mark.parametrize(
    ("limit", "what", "code", "text"),
    [
        (
            "models=1",
            {"each": ", each: {v: [x, g]}", "formula": "y ~ $v", "table": "compare, models: m"},
            2,
            "models",
        ),
        ("copies=4", {"more": ", recodes: {z: {draw: normal, copies: 5, seed: 1}}"}, 2, "copies"),
        ("copies=4", {"each": ", impute: {copies: 5, seed: 1}"}, 2, "copies"),
        ("cells=35", {}, 3, "12 rows"),
        ("columns=2", {}, 3, "3 columns"),
        ("levels=2", {"formula": "y ~ C(g)"}, 4, "3 levels"),
        ("design=9", {}, 4, "12 rows"),
        ("table-cells=3", {}, 5, "table of"),
    ],
)
def test_every_bound_can_be_moved_by_who_builds(project, capsys, limit, what, code, text):
    """Lowered it refuses what is built without it, and says by which name it is raised."""
    project.spec(**({"formula": "y ~ x"} | what))
    if code != 4:
        assert project.build() == 0
    capsys.readouterr()
    assert project.build("--json", "--limit", limit) == code
    problems = told(capsys)
    assert text in problems[0]["message"]
    if code != 4:
        assert f"--limit {limit.partition('=')[0]}=" in problems[0]["help"]


def test_a_billion_imputations(project, capsys):
    """More completed data sets than the bound are refused before any is made."""
    project.spec(each=", impute: {copies: 1000000000, seed: 1}")
    assert project.build("--json") == 2
    assert told(capsys)[0]["message"] == "`copies` is at most 1,000"


def test_parameters_that_multiply(project, capsys):
    """A long parameter put into a text many times is refused before it is put there."""
    project.spec(more=', recodes: {z: "' + "$a" * 50_000 + '"}')
    path = project.folder / "spec.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("title", f"params: {{a: {'x' * 900}}}\ntitle"), encoding="utf-8")
    assert project.build("--json") == 2
    assert told(capsys)[0]["code"] == "param-limit"
    path.write_text(text.replace("title", f"params: {{a: {'x' * 2000}}}\ntitle"), encoding="utf-8")
    assert project.build("--json") == 2
    assert "longer than 1,000" in told(capsys)[0]["message"]


@pytest.mark.parametrize("text", ["modles=3", "models", "models=many", "models=-1", "models=1e9"])
def test_a_bound_that_is_none_is_told(project, capsys, text):
    """Names and numbers of `--limit` are checked."""
    project.spec()
    assert project.build("--json", "--limit", text) == 2
    assert told(capsys)[0]["code"] == "bad-limit"


def test_every_bound_is_documented(root):
    """docs/language.md has each in its one table, with the number."""
    text = (root / "docs" / "language.md").read_text(encoding="utf-8")
    for name, limit in LIMITS.items():
        assert f"| `{name}` | {limit.most:,} | {limit.what}" in text
