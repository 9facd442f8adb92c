import json

import pytest

from reportgen.cli import main


def test_a_report_and_its_results(project, capsys):
    """A build writes the page, the results, the tables, and prints where the report is."""
    assert project.build() == 0
    assert {"trial/report.html", "trial/results.json"} <= set(project.files())
    assert "trial/report.html" in capsys.readouterr().out.replace("\\", "/")


def test_progress_is_plain_lines_where_there_is_no_terminal(project, capsys):
    """A log file gets one line a model and no control characters."""
    project.build()
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.split() and ("ols" in line or "gee" in line) for line in lines)
    assert not any("\x1b" in line or "\r" in line for line in lines)


def test_json_goes_to_standard_output(project, capsys):
    """With --json another program reads which files were made: one list, an entry a report."""
    assert project.build("--json") == 0
    captured = capsys.readouterr()
    (summary,) = json.loads(captured.out)
    assert summary["holds"] is True
    assert any(name.endswith("results.json") for name in summary["files"])
    assert captured.err == ""


def test_several_specs_are_one_list_of_reports_and_one_of_problems(project, capsys):
    """With --json both streams stay readable whatever happens to one of the specs."""
    specs = [str(project.spec), str(project.folder / "missing.yaml")]
    assert main(["build", *specs, "--out", str(project.out), "--json"]) == 2
    captured = capsys.readouterr()
    assert [report["spec"] for report in json.loads(captured.out)] == specs[:1]
    assert [problem["code"] for problem in json.loads(captured.err)] == ["no-spec"]


def test_a_claim_that_does_not_hold_exits_4_and_the_report_says_so(project, capsys):
    """The report is written, marked, and the build tells it."""
    project.replace(
        "  - table: compare",
        "  - claim: The dose lowers the outcome\n    that: models.ols.coef.x.estimate < 0\n"
        "  - table: compare",
    )
    assert project.build() == 4
    assert "does not hold" in capsys.readouterr().err
    assert "Does not hold" in project.files()["trial/report.html"].decode()


def test_strict_makes_a_warning_an_exit_code(project, capsys):
    """Twelve clusters are few: a warning, and with --strict the exit code 4, and why."""
    assert project.build("--strict") == 4
    message = capsys.readouterr().err
    assert "warning[few-clusters]: model `gee`: 12 clusters are few" in message
    assert "trial.yaml:15:5" in message


@pytest.mark.parametrize("formats", ["", ",", "word", "html,word"])
def test_formats_that_do_not_exist(project, capsys, formats):
    """What `--formats` cannot give is told with what it can."""
    assert project.build("--formats", formats) == 2
    assert (
        "formats are html, pdf, docx, xlsx, markdown, latex, json, png" in capsys.readouterr().err
    )
    assert not project.out.exists()


def test_a_data_folder_that_does_not_exist(project, capsys):
    """A mistyped folder is not passed over in silence."""
    assert project.build("--data-dir", "nowhere") == 2
    assert "there is no folder `nowhere`" in capsys.readouterr().err


def test_the_same_inputs_give_the_same_bytes(project, monkeypatch):
    """With a clock that is set, two builds are equal in every file."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    project.build()
    first = project.files()
    project.build()
    assert project.files() == first


BROKEN = {
    "a missing file": ("trial.csv", "nothing.csv", 3, "nothing.csv", ":5:"),
    "a formula whose column is no longer declared": (
        "x: Dose (mg)",
        "xx: Dose (mg)",
        2,
        "did you mean `xx`?",
        ":13:18",
    ),
    "an unknown key": ("groups: site", "group: site", 2, "groups", ":17:5"),
    "a formula that names an unknown column": (
        "formula: y ~ x",
        "formula: y ~ z",
        2,
        "`z`",
        ":13:18",
    ),
    "a format that does not exist": ("[html]", "[word]", 2, "word", ":25:"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_honest_mistake_is_one_clear_message(project, capsys, case):
    """The message names the thing and its place; the exit code says whose mistake it is."""
    project.build()
    before = project.files()
    capsys.readouterr()
    old, new, code, named, place = BROKEN[case]
    project.replace(old, new)
    assert project.build() == code
    message = capsys.readouterr().err
    assert named in message
    assert f"trial.yaml{place}" in message
    assert "Traceback" not in message
    assert project.files() == before


def test_a_declared_column_that_the_file_lacks(project, capsys):
    """A column of the spec that the file does not have is a mistake about the data: 3."""
    project.replace("site: Site", "site: Site\n      age: Age (years)")
    assert project.build() == 3
    message = capsys.readouterr().err
    assert "`age`" in message
    assert "trial.yaml:10:7" in message


@pytest.mark.parametrize(
    ("key", "place"),
    [("    groups: site", "trial.yaml:17:13"), ("defaults:\n  groups: site", "trial.yaml:18:11")],
    ids=["its own key", "a default"],
)
def test_a_group_column_with_missing_values(project, capsys, key, place):
    """Rows without a cluster cannot be placed; the author must say what becomes of them."""
    project.replace("    groups: site", key)
    lines = project.data.read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5].rsplit(",", 1)[0] + ","
    project.data.write_text("\n".join(lines), encoding="utf-8")
    assert project.build() == 3
    message = capsys.readouterr().err
    assert "model `gee`: `site` is missing in 1 of the 96 rows" in message
    assert place in message
    assert "`complete: [site]`" in message
    assert not project.out.exists()


def test_a_row_without_cluster_that_no_fit_would_use(project):
    """A row whose outcome is missing is left out, whatever its cluster."""
    lines = project.data.read_text(encoding="utf-8").splitlines()
    lines[5] = "," + lines[5].split(",")[1] + ","
    project.data.write_text("\n".join(lines), encoding="utf-8")
    assert project.build() == 0


def test_an_outcome_with_one_value_fails_that_model_and_no_other(project, capsys):
    """The fit is shown as failed, the report is whole, and the exit code is 4."""
    lines = project.data.read_text(encoding="utf-8").splitlines()
    constant = [lines[0], *("3," + line.split(",", 1)[1] for line in lines[1:])]
    project.data.write_text("\n".join(constant), encoding="utf-8")
    assert project.build() == 4
    assert "one value" in capsys.readouterr().err
    results = json.loads(project.files()["trial/results.json"])
    assert {model["status"] for model in results["models"].values()} == {"failed"}


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"PK\x03\x04\x14\x00\x00\x00", b"", b'{"a": 1}\n'],
    ids=["a picture", "a workbook", "empty", "JSON"],
)
def test_a_file_that_is_not_csv(project, capsys, content):
    """Whatever the file is, the message says that it is no table and where it is named."""
    project.data.write_bytes(content)
    assert project.build() == 3
    message = capsys.readouterr().err
    assert "trial.yaml:5" in message or "trial.yaml:7" in message
    assert "Traceback" not in message
    assert not project.out.exists()


def test_templates_of_ones_own(project, capsys):
    """They make another report of the same spec, a changed one makes it again, and none is told."""
    folder = project.folder / "mine"
    (folder / "blocks").mkdir(parents=True)
    title = folder / "blocks" / "title.html.j2"
    title.write_text("<h1>Mine</h1>", encoding="utf-8")
    assert project.build() == 0
    assert project.build("--templates", str(folder)) == 0
    assert b"<h1>Mine</h1>" in project.files()["trial/report.html"]
    title.write_text("<h1>\n{{ page.titel }}</h1>", encoding="utf-8")
    capsys.readouterr()
    assert project.build("--templates", str(folder)) == 5
    assert f"--> {title}:2:1" in capsys.readouterr().err
    assert b"<h1>Mine</h1>" in project.files()["trial/report.html"]
    assert project.build("--templates", str(project.folder / "none")) == 2
