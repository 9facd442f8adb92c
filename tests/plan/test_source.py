"""Reading YAML: what a scalar is, where everything stands, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from reportgen.core.errors import SpecError
from reportgen.plan.source import load, locate, locate_key, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("Yes", "Yes"),
        ("12", 12), ("-3", -3), ("1.5", 1.5), ("1e3", 1000.0),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("'012'", "012"),
        ('"no"', "no"), ("2015-2016", "2015-2016"), ("y ~ x", "y ~ x"), ("a b", "a b"),
        ("0.05", 0.05), ("1", 1), ("Ärzte", "Ärzte"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_the_core_schema(text, value):
    """YAML 1.2: only `true`, `false`, `null` and numbers are anything but text."""
    assert parse(f"key: {text}\n").data == {"key": value}


@pytest.mark.parametrize("text", ["012", "12:30", "0o17", "1_000", "0x1F", "1:30:00"])
def test_what_older_yaml_reads_otherwise_must_be_quoted(text):
    """It is told at its place, with what to do."""
    with pytest.raises(SpecError) as caught:
        parse(f"key:\n  - {text}\n")
    (problem,) = caught.value.problems
    assert (problem.place.line, problem.place.column) == (2, 5)
    assert "quotes" in problem.help


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: !!python/object:os.system x\n", "yaml-tag"), ("a: !x 1\n", "yaml-tag"),
        ("a: 1\na: 2\n", "duplicate-key"), ("1: a\n'1': b\n", "duplicate-key"),
        ("a: *b\n", "yaml-alias"), ("<<: {a: 1}\n", "yaml-merge"),
        ("a: 1\n---\nb: 2\n", "yaml-documents"),
        ("? [a]\n: b\n", "yaml-key"), ("a: [1\n", "yaml"), ("a:\n\t- 1\n", "yaml"),
        ("[" * 60 + "]" * 60, "yaml-limit"), ("a: " + "9" * 5000 + "\n", "ambiguous"),
    ],
)  # fmt: skip
def test_what_is_no_spec(text, code):
    """Tags, duplicates, aliases to nothing, merges, depth: each has its code and its place."""
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert code in [problem.code for problem in caught.value.problems]


def test_aliases_cannot_multiply():
    """Nine lines that would make a billion values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(SpecError) as caught:
        parse("\n".join(lines))
    assert caught.value.problems[0].code == "yaml-limit"


def test_everything_has_its_place():
    """Values, keys, and parts of a text within a value or a block."""
    source = parse("models:\n  a:\n    formula: y ~ x + bmi\n  b: |\n    one\n    two three\n")
    assert locate_key(source, ("models", "a")).line == 2
    assert locate(source, ("models", "a", "formula"), 8, 3).column == 22
    place = locate(source, ("models", "b"), 8, 5)
    assert (place.line, place.column) == (6, 9)
    assert locate(source, ("models", "nowhere")).line == 2


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: \xe9\n"])
def test_a_spec_is_utf8(tmp_path, content):
    """Other bytes are an error, not mojibake."""
    path = tmp_path / "spec.yaml"
    path.write_bytes(content)
    with pytest.raises(SpecError, match="UTF-8"):
        load(path)


def test_a_spec_is_no_novel(tmp_path):
    """More than a megabyte is refused unread."""
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"a: 1\n" * 300_000)
    with pytest.raises(SpecError, match="larger"):
        load(path)


@settings(max_examples=300, deadline=None)
@given(some.text(alphabet="ab:- \n[]{},&*!|>'\"#?%@`~0129.<\t", max_size=80))
def test_no_text_crashes_the_loader(text):
    """A text is plain data, or a SpecError."""
    try:
        data = parse(text).data
    except SpecError:
        return
    assert data is None or isinstance(data, (dict, list, str, int, float, bool))
