"""`reportgen diff` as a user runs it, and `reportgen doctor`."""

from __future__ import annotations

import json
import subprocess

import pytest

from reportgen.cli import main


def git(folder, *arguments):
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_two_builds(project, capsys):
    """Exit 0 for the same numbers, 1 and the numbers for others."""
    assert project.build() == 0
    first = project.out.rename(project.folder / "first")
    assert project.build() == 0
    assert main(["diff", str(first / "trial"), str(project.out / "trial")]) == 0
    project.replace("y ~ x\n    groups", "y ~ 1\n    groups")
    assert project.build() == 0
    capsys.readouterr()
    assert main(["diff", str(first / "trial"), str(project.out / "trial"), "--json"]) == 1
    paths = [change["path"] for change in json.loads(capsys.readouterr().out)]
    assert ["models", "gee", "formula"] in paths
    assert ["models", "gee", "coef", "x"] in paths


def test_two_revisions(project, capsys):
    """The spec as it was in git, fitted to the data as they are."""
    git(project.folder, "init", "-q")
    git(project.folder, "add", ".")
    git(project.folder, "commit", "-qm", "one")
    assert main(["diff", "--git", "HEAD", str(project.spec)]) == 0
    project.replace("y ~ x\n    groups", "y ~ 1\n    groups")
    capsys.readouterr()
    assert main(["diff", "--git", "HEAD", str(project.spec)]) == 1
    assert "models gee formula: y ~ x → y ~ 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["a"], 2), (["--git", "HEAD", "a", "b"], 2), (["nowhere", "nowhere"], 3),
     (["--git=--output=x", "spec.yaml"], 2)],
)  # fmt: skip
def test_what_cannot_be_compared(arguments, code, tmp_path, monkeypatch, capsys):
    """One message, no traceback."""
    monkeypatch.chdir(tmp_path)
    assert main(["diff", *arguments]) == code
    assert capsys.readouterr().err.startswith("error[")


def test_a_machine_that_is_ready(capsys):
    """Everything this suite needs is here, so the doctor says so."""
    assert main(["doctor"]) == 0
    assert "PDF can be written" in capsys.readouterr().out


def test_a_machine_without_pango(monkeypatch, capsys):
    """What is missing is named with the way to get it, and the exit code is that of documents."""
    from reportgen.cli import doctor
    from reportgen.core.errors import DocumentError, Problem

    def absent():
        raise DocumentError(Problem("no-pango", "the PDF needs Pango", help="apt install …"))

    monkeypatch.setattr(doctor, "require_pango", absent)
    assert main(["doctor"]) == 5
    assert "MISSING pango" in capsys.readouterr().out
