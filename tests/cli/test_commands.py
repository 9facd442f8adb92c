import json
import subprocess
import sys

import pytest

from reportgen import __version__
from reportgen.cli import main


def run(*arguments):
    try:
        return main([str(each) for each in arguments])
    except SystemExit as leaving:
        return leaving.code


def test_version(capsys):
    """The version is one line."""
    assert run("--version") == 0
    assert capsys.readouterr().out == f"reportgen {__version__}\n"


def test_help_lists_the_commands_and_exit_codes(capsys):
    """Help is enough to start."""
    assert run("--help") == 0
    text = capsys.readouterr().out
    for word in ("build", "validate", "show", "kinds", "schema", "exit codes"):
        assert word in text


def test_an_unknown_command_is_2(capsys):
    """A mistyped command is a usage error."""
    assert run("biuld") == 2


def test_validate_says_right(project, capsys):
    """A right spec is said to be right, with what is in it."""
    assert run("validate", project.spec) == 0
    assert "2 models" in capsys.readouterr().out


def test_validate_tells_all_problems_in_the_order_of_the_file(project, capsys):
    """Three mistakes in three sections are told at once."""
    project.replace("source: {path", "sauce: {path")
    project.replace("groups: site", "group: site")
    project.replace("models: [ols, gee]", "models: [ols, gie]")
    assert run("validate", project.spec) == 2
    places = [
        int(line.split(":")[1]) for line in capsys.readouterr().err.splitlines() if "--> " in line
    ]
    assert len(places) >= 3
    assert places == sorted(places)


def test_validate_as_json(project, capsys):
    """Problems as data: code, message, file, line, column."""
    project.replace("groups: site", "group: site")
    assert run("validate", project.spec, "--json") == 2
    problem = json.loads(capsys.readouterr().out)[0]
    assert (problem["line"], problem["column"], problem["code"]) == (17, 5, "unknown-key")


def test_validate_as_annotations(project, capsys):
    """Problems as annotations of a pull request."""
    project.replace("groups: site", "group: site")
    assert run("validate", project.spec, "--format", "github") == 2
    assert "::error file=" in capsys.readouterr().err


def test_a_parameter_that_does_not_exist(project, capsys):
    """`--set` of an unknown name is an error, not a silence."""
    assert run("validate", project.spec, "--set", "wave=3") == 2
    assert "wave" in capsys.readouterr().err


def test_show_prints_fits(project, capsys):
    """The fits in the terminal, one table a model."""
    assert run("show", project.spec, "gee") == 0
    out = capsys.readouterr().out
    assert "Dose (mg)" in out
    assert "Intercept" in out


def test_show_as_json_is_the_record(project, capsys):
    """--json gives the model by the contract of results.json."""
    assert run("show", project.spec, "gee", "--json") == 0
    record = json.loads(capsys.readouterr().out)["gee"]
    assert record["kind"] == "gee"
    assert record["n"] == 96


def test_show_of_an_unknown_model(project, capsys):
    """A name that no model has is told with those there are."""
    assert run("show", project.spec, "gie") == 2
    assert "ols, gee" in capsys.readouterr().err


def test_show_fits_only_what_is_asked_for(project, capsys):
    """Models that are not shown, and that none of those shown starts from, are not fitted."""
    project.replace("formula: y ~ x\n    groups", "formula: y ~ x\n    start: ols\n    groups")
    assert run("show", project.spec, "ols") == 0
    assert "[1/1]" in capsys.readouterr().err
    assert run("show", project.spec, "gee") == 0
    captured = capsys.readouterr()
    assert "[2/2]" in captured.err
    assert "y ~ x" not in captured.out
    assert captured.out.count("Dose (mg)") == 1


def test_show_resolved(project, capsys):
    """The spec after params, defaults and like."""
    project.replace(
        "  gee:\n    kind: gee\n    formula: y ~ x", "  gee:\n    kind: gee\n    like: ols"
    )
    assert run("show", project.spec, "--resolved") == 0
    assert "y ~ x" in capsys.readouterr().out.split("gee:")[1]


def test_kinds_lists_every_register(capsys):
    """What can be asked for."""
    assert run("kinds") == 0
    out = capsys.readouterr().out
    for word in ("mixedlm", "compare", "caterpillar", "standardize", "csv", "pdf"):
        assert word in out


def test_kinds_of_one_kind(capsys):
    """The keys of one kind: their meaning, what they take, and what they are by default."""
    assert run("kinds", "gee") == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "model gee: Generalised estimating equations" in words
    assert "`unstructured` or `stationary`. Default: exchangeable." in words
    assert "groups The column that names the clusters. Needed." in words


def test_kinds_of_a_name_that_is_two_kinds(capsys):
    """`icc` is a table and a plot."""
    assert run("kinds", "icc") == 0
    out = capsys.readouterr().out
    assert "table icc:" in out
    assert "plot icc:" in out


def test_kinds_of_one_register(capsys):
    """`reportgen kinds plots` lists the plots alone."""
    assert run("kinds", "plots") == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.split()[:3] == ["plots", "icc", "forest"]
    assert all(line.startswith(" ") for line in others)


def test_kinds_of_a_format(capsys):
    """A format has no keys of its own, and exists."""
    assert run("kinds", "html") == 0
    assert "format html:" in capsys.readouterr().out


def test_kinds_of_a_mistyped_kind(capsys):
    """The nearest name is proposed."""
    assert run("kinds", "gie") == 2
    assert "did you mean `gee`?" in capsys.readouterr().err


def test_kinds_as_json(capsys):
    """The keys as data."""
    assert run("kinds", "gee", "--json") == 0
    keys = {key["key"]: key for key in json.loads(capsys.readouterr().out)["model"]}
    assert keys["groups"]["needed"] is True
    assert keys["confidence"]["default"] == "0.95"


def test_schema_is_json(capsys):
    """The schema of the language is a JSON Schema that describes its keys."""
    assert run("schema") == 0
    schema = json.loads(capsys.readouterr().out)
    assert "$schema" in schema
    assert {"models", "datasets", "report"} <= set(schema["properties"])


@pytest.mark.parametrize("name", ["nothing.yaml", "folder.yaml"])
def test_a_spec_that_cannot_be_read(tmp_path, capsys, name):
    """A spec that is missing, or is a folder, is one clear message."""
    (tmp_path / "folder.yaml").mkdir()
    assert run("validate", tmp_path / name) == 2
    assert name in capsys.readouterr().err


def test_validate_knows_the_header(project, capsys):
    """A declared column that the file lacks is told at its line, and no row is read."""
    project.replace("      x: Dose (mg)\n", "      x: Dose (mg)\n      wight: Weight\n")
    header = project.data.read_text(encoding="utf-8").split("\n", 1)[0]
    project.data.write_text(
        header.replace("site", "site,weight") + "\nnot,a,row\n", encoding="utf-8"
    )
    assert run("validate", str(project.spec)) == 2
    error = capsys.readouterr().err
    assert "have no column `wight`" in error
    assert "trial.yaml:9:7" in error
    assert "did you mean `weight`?" in error


def test_columns_that_are_not_declared_are_those_of_the_header(project, capsys):
    """A formula is checked against the file where the spec names no columns."""
    text = project.spec.read_text(encoding="utf-8")
    start, end = text.index("    columns:"), text.index("models:")
    project.spec.write_text(text[:start] + text[end:], encoding="utf-8")
    assert run("validate", str(project.spec)) == 0
    project.replace("y ~ x\n    groups", "y ~ xx\n    groups")
    assert run("validate", str(project.spec)) == 2
    assert "uses a column `xx`" in capsys.readouterr().err


def test_the_package_runs_as_a_module():
    """`python -m reportgen` is the command line where no script is on the path."""
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"reportgen {__version__}\n"
