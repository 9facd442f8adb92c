"""`verify`: a report made again from what its PDF has inside, by whoever was sent it."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reportgen.cli import main

pypdf = pytest.importorskip("pypdf", reason="pypdf reads the PDF")

SHARED = "datasets:\n  trial:\n    source: {path: $file}\n    columns: [y, x, site]\n"
SPEC = """\
reportgen: 1
title: A small trial
include: shared.yaml
params: {file: trial.csv, model: ols}
models:
  fit: {kind: $model, formula: y ~ x}
report:
  - claim: The slope is positive
    that: models.fit.coef.x.estimate > 0
  - table: model
    models: fit
output: {formats: [pdf]}
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data and a report about them, made with a parameter and an included file."""
    from tests.cli.conftest import rows

    folder = tmp_path_factory.mktemp("sent")
    (folder / "data").mkdir()
    (folder / "data" / "mine.csv").write_text("\n".join(["y,x,site", *rows()]) + "\n")
    (folder / "trial.yaml").write_text(SPEC)
    (folder / "shared.yaml").write_text(SHARED)
    asked = ["build", str(folder / "trial.yaml"), "--set", "file=mine.csv", "--data-dir"]
    assert main([*asked, str(folder / "data"), "--out", str(folder)]) == 0
    shutil.move(folder / "trial" / "report.pdf", folder / "report.pdf")
    (folder / "trial.yaml").unlink()
    (folder / "shared.yaml").unlink()
    return folder


@pytest.fixture
def verify(sent: Path, capsys: Any) -> Callable[..., tuple[int, str, str]]:
    """Exit code, stdout and stderr of `verify`."""

    def run(*more: str, report: Path | None = None, data: Path | None = None) -> Any:
        arguments = ["verify", str(report or sent / "report.pdf")]
        code = main([*arguments, "--data-dir", str(data or sent / "data"), *more])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def changed(sent: Path, folder: Path, change: Callable[[Any], None]) -> Path:
    """A copy of the report that somebody has edited."""
    writer = pypdf.PdfWriter(clone_from=sent / "report.pdf")
    change(writer)
    writer.write(folder / "changed.pdf")
    return folder / "changed.pdf"


def replaced(name: str, old: bytes, new: bytes) -> Callable[[Any], None]:
    """An edit of one of the files inside."""

    def change(writer: Any) -> None:
        for each in writer.attachment_list:
            if each.name == name:
                assert old in each.content
                each.content = each.content.replace(old, new)

    return change


def test_a_report_comes_out_as_it_was(verify: Any) -> None:
    """The spec, what it includes and its parameters are in the report: only data are needed."""
    code, told, _ = verify()
    assert code == 0
    assert told.strip().endswith("made again, and the same to the last byte")


def test_the_engine_of_the_command_line_is_used_again(
    verify: Any, sent: Path, tmp_path: Path
) -> None:
    """It is no part of the spec: the report says with what command it was made."""
    spec = SPEC.replace("kind: $model, ", "kind: mixedlm, groups: site, ").replace(
        ", model: ols", ""
    )
    (tmp_path / "trial.yaml").write_text(spec)
    (tmp_path / "shared.yaml").write_text(SHARED)
    asked = ["build", str(tmp_path / "trial.yaml"), "--data-dir", str(sent / "data")]
    asked += ["--set", "file=mine.csv", "--engine", "fast", "--out", str(tmp_path)]
    assert main(asked) == 0
    report = tmp_path / "trial" / "report.pdf"
    printed = " ".join(page.extract_text() for page in pypdf.PdfReader(report).pages)
    assert "reportgen build trial.yaml --set file=mine.csv --engine fast" in printed
    assert verify(report=report)[0] == 0
    code, told, _ = verify("--engine", "statsmodels", "--tolerance", "0", report=report)
    assert code == 1
    assert "models fit" in told


def test_other_data_are_found(verify: Any, sent: Path, tmp_path: Path) -> None:
    """Every number that differs is told, with the tables and lines that a reader sees."""
    lines = (sent / "data" / "mine.csv").read_text().split("\n")
    (tmp_path / "mine.csv").write_text("\n".join([lines[0], "9.5,0.1,0", *lines[2:]]))
    code, told, _ = verify("--json", data=tmp_path)
    verdict = json.loads(told)
    assert code == 1
    assert not verdict["holds"]
    paths = [change["path"] for change in verdict["results"]]
    assert ["datasets", "trial", "sha256"] in paths
    assert ["models", "fit", "coef", "x", "estimate"] in paths
    assert verdict["tables"] == ["01-model.csv"]
    assert any(line["before"].startswith("Intercept") for line in verdict["lines"])
    assert verdict["versions"] == {}


def test_a_page_that_somebody_changed_is_found(verify: Any, sent: Path, tmp_path: Path) -> None:
    """The numbers inside may be right and the page before the reader's eyes not."""
    report = changed(sent, tmp_path, lambda writer: writer.add_page(writer.pages[0]))
    code, told, _ = verify(report=report)
    assert code == 1
    assert "page 2: A small trial → —" in told


def test_results_of_other_data_inside_are_found(verify: Any, sent: Path, tmp_path: Path) -> None:
    """A report whose results were edited no longer has the name that it was given for them."""
    edit = replaced("results.json", b'"n": 96', b'"n": 69')
    code, _, told = verify(report=changed(sent, tmp_path, edit))
    assert code == 3
    assert "error[tampered]" in told
    assert "the results in it are not those that it was written with" in told


@pytest.mark.parametrize("name", ["trial.yaml", "shared.yaml"])
def test_an_edited_spec_is_refused(name: str, verify: Any, sent: Path, tmp_path: Path) -> None:
    """The results say which spec they are of."""
    edit = replaced(name, b": ", b":  ")
    code, _, told = verify(report=changed(sent, tmp_path, edit))
    assert code == 3
    assert "the spec in it is not the one that its results are of" in told


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"trial.yaml"', b'"../../x.yaml"'), (b'"shared.yaml"', b'"/etc/passwd"'),
     (b'"params": {', b'"params": [], "p": {'), (b'"included"', b'"excluded"')],
)  # fmt: skip
def test_what_is_inside_is_not_trusted(
    old: bytes, new: bytes, verify: Any, sent: Path, tmp_path: Path
) -> None:
    """Names lead nowhere but into the report, and what has another shape is refused."""

    def edit(writer: Any) -> None:
        replaced("build.json", old, new)(writer)
        if b"yaml" in new or b"etc" in new:
            writer.add_attachment(json.loads(new), b"reportgen: 1\n")

    code, _, told = verify(report=changed(sent, tmp_path, edit))
    assert code == 3
    assert "error[tampered]" in told


def test_what_is_no_report_is_said_to_be_none(verify: Any, tmp_path: Path) -> None:
    """A text, a PDF of somebody else's, a broken one, and none at all."""
    blank = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(blank)
    contents = {"text": b"a,b\n", "other": blank.getvalue(), "broken": b"%PDF-1.7\nnothing\n"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        code, _, told = verify(report=tmp_path / name)
        assert (code, "error[not-a-report]" in told) == (3, True), name
    code, _, told = verify(report=tmp_path / "absent.pdf")
    assert (code, "error[no-report]" in told) == (3, True)


def test_missing_data_are_asked_for(verify: Any, tmp_path: Path) -> None:
    """The place is in the spec inside the report; the way out is named."""
    code, _, told = verify(data=tmp_path)
    assert code == 3
    assert "there is no file `mine.csv`" in told
    assert "report.pdf: shared.yaml:3" in told
    assert "reportgen-" not in told


def test_without_pypdf_it_says_what_to_install(verify: Any, monkeypatch: Any) -> None:
    """The library that reads PDFs is an extra."""
    from reportgen.writers import extras

    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    code, _, told = verify()
    assert code == 5
    assert "pip install 'reportgen[verify]'" in told


def test_a_database_is_asked_only_where_its_reader_says_so(
    tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    """The query of a stranger's report does not get the address that stands in the environment."""
    sqlalchemy = pytest.importorskip("sqlalchemy", reason="sqlalchemy asks databases")
    address = f"sqlite:///{tmp_path / 'trial.db'}"
    with sqlalchemy.create_engine(address).begin() as connection:
        connection.execute(sqlalchemy.text("create table trial (y real, x real)"))
        rows = ", ".join(f"({3 * x + x % 5}, {x})" for x in range(40))
        connection.execute(sqlalchemy.text(f"insert into trial values {rows}"))
    spec = tmp_path / "asking.yaml"
    spec.write_text(
        "reportgen: 1\ntitle: A query\n"
        "datasets: {trial: {source: {sql: 'select y, x from trial', connection: TRIAL_DB}}}\n"
        "models: {fit: {kind: ols, formula: y ~ x}}\nreport: [{table: model, models: fit}]\n"
        "output: {formats: [pdf]}\n"
    )
    monkeypatch.setenv("TRIAL_DB", address)
    assert main(["build", str(spec), "--out", str(tmp_path)]) == 0
    report = str(tmp_path / "asking" / "report.pdf")
    capsys.readouterr()
    assert main(["verify", report]) == 2
    assert "error[asks-database]: this report asks a database" in capsys.readouterr().err
    assert main(["verify", report, "--allow-sql"]) == 0
