"""The page that is printed without Jinja is the page that the templates of the house make."""

from __future__ import annotations

import ast
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from reportgen.writers.pages.escaping import joined, text
from reportgen.writers.pages.page import page
from reportgen.writers.pages.templates import printed, sandboxed
from reportgen.writers.pages.translate import TARGET, Untranslated, module, translated

HOSTILE = "\"><script>'&{{ 1 }}\u202e"
KEPT = {"template", "medium", "lang", "texts"}


def hostile(value: Any) -> Any:
    """Every text within a value with what could be markup behind it."""
    if isinstance(value, str):
        return value + HOSTILE
    if isinstance(value, tuple):
        return tuple(map(hostile, value))
    if is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in fields(value) if each.init and each.name not in KEPT]
        return replace(value, **{name: hostile(getattr(value, name)) for name in names})
    return value


def test_the_translation_is_that_of_the_templates() -> None:
    """`make templates` renews it."""
    kept = ast.parse(TARGET.read_text(encoding="utf-8"))
    assert ast.dump(kept) == ast.dump(ast.parse(module()))


@pytest.mark.parametrize("medium", ["screen", "print"])
@pytest.mark.parametrize("spoil", [lambda made: made, hostile], ids=["as it is", "hostile"])
def test_both_print_the_same_page(demo, medium, spoil) -> None:
    """Whatever stands in the texts of a report, on a screen and on paper."""
    made = spoil(page(demo.document(), medium))
    for contents in (True, False):
        text = printed("body.html.j2", page=made, contents=contents)
        assert text == sandboxed("body.html.j2", (), page=made, contents=contents)
    for style in ("p{}", ""):
        whole = printed("report.html.j2", page=made, body=text, style=style)
        assert whole == sandboxed("report.html.j2", (), page=made, body=text, style=style)


def test_texts_are_no_markup(demo) -> None:
    """A sign that could end an attribute or begin a tag is written as its reference."""
    assert text("<b a=\"c\" d='e'>&\u202e") == ("&lt;b a=&#34;c&#34; d=&#39;e&#39;&gt;&amp;\\u202e")
    assert joined(["<a>", 2], "&") == "&lt;a&gt;&amp;2"
    made = page(demo.document(title="<i>t</i>"), "screen")
    assert "<i>t</i>" not in printed("body.html.j2", page=made, contents=False)


def test_a_template_is_a_function() -> None:
    """Statements become those of Python; texts are printed escaped, HTML made here is not."""
    source = "{% for x in page.items %}{{ loop.index }}{{ x }}{% endfor %}{{ item.html }}"
    made: dict[str, Any] = {"text": text, "Any": Any, "Put": Any}
    exec(translated("blocks/x.html.j2", source), made)
    found: list[str] = []

    class Given:
        items = ("<", "b")
        html = "<p>"

    made["blocks_x"](lambda *parts: found.extend(parts), Given, Given)
    assert "".join(found) == "1&lt;2b<p>"


@pytest.mark.parametrize(
    "source",
    [
        "{{ page.title | upper }}", "{% filter upper %}a{% endfilter %}", "{{ page is mapping }}",
        "{% for x in page %}a{% else %}b{% endfor %}", "{% block a %}{% endblock %}",
        "{{ page.title | safe }}", "{% autoescape false %}{{ page }}{% endautoescape %}",
    ],
)  # fmt: skip
def test_what_is_not_translated_is_refused(source) -> None:
    with pytest.raises(Untranslated):
        translated("report.html.j2", source)
