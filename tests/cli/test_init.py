"""`reportgen init`: what it writes validates and builds at once, and says why it guesses."""

from __future__ import annotations

import shlex

import pytest

from reportgen.cli import main
from reportgen.plan.source import load


def trial(folder, outcome):
    """A file with a cluster that two columns name together, codes, a weight and an identifier."""
    lines = ["seqn,stratum,psu,sex,age,wt,arm name,y"]
    for number in range(240):
        value = outcome(number)
        sex, arm = 1 + number % 2, ("drug", "placebo", "none")[number % 3]
        lines.append(
            f"{9000 + number},{number // 24},{1 + number // 12 % 2},{sex},{30 + number * 7 % 41},"
            f"{1.5 + number % 7},{arm},{value}"
        )
    path = folder / "my trial.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def wave(number):
    return f"{(number * 37 % 101) / 7 + number // 12:.3f}"


def test_without_data_it_is_about_data_that_everyone_has(tmp_path, monkeypatch):
    """The starter spec builds on any machine."""
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert main(["validate", "firms.yaml"]) == 0
    assert main(["build", "firms.yaml", "--formats", "html"]) == 0
    assert (tmp_path / "output" / "firms" / "report.html").is_file()


def test_it_knows_the_columns_of_a_file(tmp_path):
    """Clusters by their nesting, codes, weights and identifiers, each with its reason."""
    assert main(["init", str(trial(tmp_path, wave))]) == 0
    text = (tmp_path / "my_trial.yaml").read_text(encoding="utf-8")
    assert "cluster_id: {combine: [stratum, psu], label: Cluster}" in text
    assert "its codes repeat within each stratum" in text
    assert "# seqn: seqn" in text
    assert "`wt` looks like a weight" in text
    data = load(tmp_path / "my_trial.yaml").data
    assert data["models"]["simple"]["formula"].startswith("y ~ age")
    assert 'C(Q("arm name"))' in data["models"]["simple"]["formula"]


@pytest.mark.parametrize("outcome", [wave, lambda number: number * 5 % 11 % 2])
def test_what_it_writes_builds(tmp_path, outcome):
    """With a number as outcome, and with a yes or no."""
    assert main(["init", str(trial(tmp_path, outcome))]) == 0
    spec = str(tmp_path / "my_trial.yaml")
    assert main(["build", spec, "--out", str(tmp_path / "out"), "--formats", "html"]) == 0


def test_what_it_says_is_next_can_be_done(tmp_path, monkeypatch, capsys):
    """Written elsewhere, the spec is built with the folder of the data."""
    (tmp_path / "data").mkdir()
    path = trial(tmp_path / "data", wave)
    monkeypatch.chdir(tmp_path)
    assert main(["init", str(path), "--out", "first look.yaml"]) == 0
    command = shlex.split(capsys.readouterr().out.splitlines()[1].removeprefix("next: "))
    assert command[:3] == ["reportgen", "build", "first look.yaml"]
    text = (tmp_path / "first look.yaml").read_text(encoding="utf-8")
    assert "the report, in output/first look/" in text
    assert main([*command[1:], "--formats", "html"]) == 0


def test_it_replaces_nothing(tmp_path, capsys):
    """A spec that is there already stays."""
    path = trial(tmp_path, wave)
    (tmp_path / "my_trial.yaml").write_text("mine", encoding="utf-8")
    assert main(["init", str(path)]) == 2
    assert "already" in capsys.readouterr().err
    assert (tmp_path / "my_trial.yaml").read_text(encoding="utf-8") == "mine"


def test_a_file_that_is_none(tmp_path, capsys):
    """A missing file, and one of an unknown kind."""
    assert main(["init", str(tmp_path / "none.csv")]) == 3
    assert main(["init", str(tmp_path / "none.docx")]) == 2
    assert "endings: .csv" in capsys.readouterr().err
