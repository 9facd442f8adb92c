"""What is read without Jinja is what Jinja reads: the same words, and nothing more."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.core.errors import SpecError
from reportgen.writers.texts import placeholders, plainvalues, unusual

ORDINARY = (
    "No value at all, and {one} brace.",
    "{{ models.icc.n }}",
    'between {{models.icc["BPXSY1"].icc|num(2)}} and {{ data.trial.n | count }}.',
    '{{ 100 * (models.a.coef["C(x)[T.b]"].estimate - 1) / params.k | num }}',
    "{{ models.a.n > 10 and not models.b.p < 0.05 or -models.c.icc == models.d.icc }}",
    '{{ sentence("gee.age", per=10, contrast=true) }} See {{ ref("tab-1") }}.',
    '{{ compare(models.a.n, 2) }} {{ higher(models.a.n | abs, -1) | p("x", 1) }}',
)
UNUSUAL = (
    "{{- models.icc.n }}",
    "{{ models.icc.n -}}",
    "{# a remark #}",
    "{% if true %}",
    "{{ }}",
    "{{ models.icc.n",
    "{{ models.icc(1) }}",
    "{{ [1, 2] }}",
    "{{ 'a' 'b' }}",
    "{{ ('a').join }}",
    "{{ models.1 }}",
    "{{ 1 + not 2 }}",
    "{{ models.über.n }}",
    "{{ models.a.n if true else 0 }}",
    "{{ 2 ** 3 }}",
    "{{ 007 }}",
    "{{ ref }}",
    "{{ models.a\r\n.n }}",
)


def read(text: str) -> tuple[plainvalues.Token, ...] | None:
    try:
        found = plainvalues.words(text)
        plainvalues.trees(found)
    except plainvalues.UnusualError:
        return None
    return found


def agrees(text: str) -> bool:
    """Whether a text is read here; if so, Jinja must allow it, part it into the same words, and
    put them together in the same way.
    """
    found = read(text)
    if found is not None:
        placeholders._check_nodes(text, 0)
        assert found == placeholders._tokens(text, 0)
        pieces = [
            [each for each in way(text) if each] for way in (plainvalues.pieces, unusual.pieces)
        ]
        assert pieces[0] == pieces[1]
    return found is not None


@pytest.mark.parametrize("text", ORDINARY)
def test_what_almost_everyone_writes_is_read_here(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize("text", UNUSUAL)
def test_anything_else_is_left_to_jinja(text: str) -> None:
    assert read(text) is None


WORDS = (
    "models", "data", ".x", ".n", '["a b"]', "[0]", "(", ")", "not ", " and ", " or ", "-", "+",
    " * ", " / ", " < ", " == ", " != ", "1", "0.5", "'t'", '"u"', " | ", "num", "num(2)", ",",
    "ref('a')", "sentence('m.c', per=1)", "compare(", "higher(1, 2)", " if ", " else ", "true",
    " in ", "{{ ", " }}", "}}", "{", "}", "{%", "\n", " is ", "=", "[", "]", "é", "007", "1e5",
    "//", "**", "~", "%", "\\", "'", "None", "p", "x",
)  # fmt: skip
PATH = st.sampled_from(["models.x.n", "data.d", 'models["a b"].coef.c.p', "params.k"])
LEAF = PATH | st.sampled_from(["1", "0.25", '"t"', "ref('a')", "sentence('m.c', per=1)"])


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "<", ">=", "==", "!=", "and", "or"])
    return (
        st.tuples(inner, signs, inner).map(" ".join)
        | inner.map("({})".format)
        | inner.map("-{}".format)
        | inner.map("{} | num(2)".format)
        | st.tuples(inner, inner).map(lambda pair: f"compare({pair[0]}, {pair[1]})")
    )


VALUE = st.recursive(LEAF, joined, max_leaves=6).map(" {{{{ {} }}}} and ".format)


@given(st.lists(VALUE, max_size=3).map("".join))
@settings(max_examples=60, deadline=None)
def test_values_put_together_by_the_rules_are_read_here(text: str) -> None:
    """Every expression built from the parts that the language has, at any depth."""
    assert agrees(text)


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(lambda words: f"{{{{{''.join(words)}}}}}"))
@settings(max_examples=150, deadline=None)
def test_nothing_is_read_here_that_jinja_refuses(text: str) -> None:
    """Words in any order: what is recognised, the full check allows, word by word."""
    agrees(text)


@given(VALUE, st.integers(0, 60), st.sampled_from(WORDS))
@settings(max_examples=120, deadline=None)
def test_one_word_out_of_place_changes_nothing_of_that(text: str, place: int, word: str) -> None:
    agrees(text[:place] + word + text[place:])


def test_what_has_no_place_is_told_as_ever() -> None:
    """An unusual text that Jinja reads is allowed; one that it refuses is told."""
    (found,) = placeholders.references("{{ models.a.n if true else 0 }}")
    assert found.path == ("models", "a", "n")
    with pytest.raises(SpecError, match="cannot be read"):
        placeholders.references("{{ models.a.n + }}")


def test_ordinary_prose_loads_no_jinja() -> None:
    """A process that checks prose and a claim has not imported the library."""
    code = (
        "import sys\n"
        "from reportgen.writers.texts.placeholders import claim_references, references\n"
        "found = references('{{ models.a.n | count }} of {{ data.d.n }}')\n"
        "found += claim_references('models.a.icc > 2 * models.b.icc')\n"
        "print([(each.path[1], each.offset) for each in found], 'jinja2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[('a', 3), ('d', 31), ('a', 0), ('b', 19)] False"
