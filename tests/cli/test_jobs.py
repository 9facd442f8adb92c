"""A build whose fits are shared by processes."""

from __future__ import annotations

import json

import pytest

from reportgen.run.queues import crew
from reportgen.run.queues.crew import can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes are forked on Linux only")

MORE = """  gee:
    kind: gee
    formula: y ~ x
    groups: site
"""
MODELS = MORE + "".join(
    f"  more{number}: {{kind: gee, formula: y ~ x, groups: site, start: {before}}}\n"
    for number, before in enumerate(["gee", "more0", "more1", "gee"])
)


def test_the_numbers_are_the_same_in_every_digit(project, monkeypatch):
    """And in the same order, however many processes there were."""
    monkeypatch.setattr(crew, "WORTH", 1e-6)
    project.replace(MORE, MODELS)
    found = []
    for jobs in ("1", "3"):
        assert project.build("--no-cache", "--jobs", jobs) == 0
        results = json.loads((project.out / "trial" / "results.json").read_text(encoding="utf-8"))
        found.append(json.dumps(results["models"]))
    assert found[0] == found[1]


def test_a_number_of_processes_is_a_number(project, capsys):
    """Words and zero are refused."""
    for wrong in ("0", "many"):
        with pytest.raises(SystemExit):
            project.build("--jobs", wrong)
    assert "is no number of processes" in capsys.readouterr().err
