"""Markdown: what an author wrote comes out as it was meant, and nothing else becomes markup."""

from __future__ import annotations

from types import ModuleType

import pytest
from markdown_it import MarkdownIt

from reportgen.core.document import Heading, Text
from reportgen.writers.pandoc import Markdown, escaped
from reportgen.writers.texts.markdown import to_html

TEXTS = {
    "emphasis": "A **bold** and *leaning* word, `code()` and [a link](https://example.org/?a=1&b=2).",
    "lists": "1. one\n2. two\n   - inner\n   - other\n3. three",
    "quotations": "> quoted *words*\n\nafter",
    "code": "```\nx = 1\n\n`y` ~ **x**\n```",
    "tables": "| Model | AIC |\n|---|--:|\n| 1 | 42 |",
    "like markup": r"2\. no list, \# no heading, 3 \* 4 \* 5, x_1_2, a~b~, \[no\](#x), @k, a--b",
    "lines like it": "1986\\. A year\n\n\\- no item\n\n\\+ none either",
}  # fmt: skip


def body(document: object) -> str:
    """The HTML of the text part, as another reader of CommonMark makes it of the file."""
    file = Markdown().render(document).decode()  # type: ignore[arg-type]
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(file)
    return html.split("<h2>Part</h2>\n")[1].split("<h2>")[0].strip()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_prose_survives(text: str, demo: ModuleType) -> None:
    """Markdown out is what Markdown in was, to whoever reads it."""
    document = demo.document(Heading(1, "Part"), Text(text))
    expected = to_html(text, 2).replace(' scope="col"', "").strip()
    assert body(document).replace(' style="text-align:left"', "") == expected


def test_html_in_prose_stays_text(demo: ModuleType) -> None:
    """A tag, an image from elsewhere and a script are shown, not obeyed."""
    text = "<script>alert(1)</script> ![x](https://example.org/x.png) [s](javascript:alert(1))"
    html = body(demo.document(Heading(1, "Part"), Text(text)))
    assert html.startswith("<p>&lt;script&gt;alert(1)&lt;/script&gt; ![x](")
    assert "<img" not in html
    assert "href" not in html


def test_what_pandoc_takes_for_more_is_escaped() -> None:
    """Citations, superscripts, subscripts, mathematics and dashes that pandoc would make."""
    assert escaped("@a ^b^ ~c~ $d$ e--f") == r"\@a \^b\^ \~c\~ \$d\$ e\-\-f"


def test_figures_are_the_files_of_the_build(demo: ModuleType) -> None:
    """The drawing lies beside the file, its alternative in its place, its caption below."""
    file = Markdown().render(demo.document(demo.figure())).decode()
    assert f"![{escaped(demo.figure().alt)}](figures/01-forest.svg)\\\n**Figure 1.**" in file


def test_links_lead_to_anchors(demo: ModuleType) -> None:
    """What the text refers to is there under its name."""
    file = Markdown().render(demo.document()).decode()
    assert '<a id="linear"></a>**Table 2.**' in file
    assert "[Table 2](<#linear>)" in file
