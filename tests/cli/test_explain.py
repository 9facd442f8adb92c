"""`reportgen explain`: every code that can be told is explained, and none that cannot."""

from __future__ import annotations

import ast
import json
import re

import pytest

from reportgen.cli import main
from reportgen.cli.explain import codes

NAMED = {"Problem": 0, "Note": 1, "failed": 1, "add": 0, "unknown": 0, "wrong": 0, "_wrong": 0,
         "_fail": 0, "finding": 0}  # fmt: skip
CODE = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")


def told(root):
    """Every code that some line of the program gives to a problem or a note."""
    for path in (root / "reportgen").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                place = NAMED.get(name)
                given = [each.value for each in node.keywords if each.arg == "code"]
                alone = len(node.args) == 1 and name == "add"  # of a set, not of problems
                given += node.args[place : place + 1] if place is not None and not alone else []
                for each in given:
                    if isinstance(each, ast.Constant) and isinstance(each.value, str):
                        yield each.value


def test_every_code_is_explained(root):
    """A code that a user meets can be looked up."""
    found = {code for code in told(root) if CODE.fullmatch(code)}
    assert len(found) > 150
    assert sorted(found - set(codes())) == []


def test_an_explanation_is_a_sentence():
    """A capital, a full stop, and something to do or to know."""
    for code, text in codes().items():
        assert CODE.fullmatch(code), code
        assert text[0].isupper() or text[0] in "`%", code
        assert text.endswith("."), code
        assert len(text) > 15, code


def test_one_code_and_all(capsys):
    """As text and as JSON."""
    assert main(["explain", "separation"]) == 0
    assert "infinite" in capsys.readouterr().out
    assert main(["explain", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == codes()


@pytest.mark.parametrize("code", ["seperation", "nothing"])
def test_a_code_that_is_none(code, capsys):
    """The nearest one is proposed."""
    assert main(["explain", code]) == 2
    assert ("did you mean `separation`?" in capsys.readouterr().err) is (code == "seperation")
