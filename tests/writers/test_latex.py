"""LaTeX: what a journal's typesetter gets, compiled where a TeX is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path
from types import ModuleType

import pytest

from reportgen.core.document import Heading, Row, RowBlock, Table, Text
from reportgen.writers.latex import Latex
from reportgen.writers.tex.escape import formula, tex

OPTIONS = ("-halt-on-error", "-no-shell-escape", "-interaction=nonstopmode")

PROSE = """\
1. a
   - b

     more
2. c

> quoted
> - d

`x_1`

```
\\end{document}
```
"""


def test_a_table_has_three_rules_and_one_under_each_spanner(demo: ModuleType) -> None:
    """booktabs: above and below the header, below the body, and partial rules."""
    text = Latex().render(demo.document(demo.compare())).decode()
    assert r"\cmidrule(lr){2-3} \cmidrule(lr){4-5}" in text
    assert r"\multicolumn{2}{c}{\textbf{OLS}} & \multicolumn{2}{c}{\textbf{GEE}}" in text
    body = text.split(r"\endlastfoot")[1]
    assert body.count(r"\midrule") == 1  # between the terms and the fit
    assert "|" not in re.search(r"\\begin{longtable}\[l\]{(.*)}", text)[1]  # type: ignore[index]


def test_references_are_labels(demo: ModuleType) -> None:
    """A link to a table or figure is a reference to its label, which is there once."""
    text = Latex().render(demo.document()).decode()
    labels = re.findall(r"\\label{(.*?)}", text)
    wanted = re.findall(r"\\hyperref\[(.*?)\]", text)
    assert len(labels) == len(set(labels))
    assert wanted
    assert set(wanted) <= set(labels)


def test_figures_are_files_beside_it(demo: ModuleType) -> None:
    """Each figure that the document asks for is one of its files."""
    document = demo.document()
    wanted = re.findall(r"\\includegraphics\[.*?\]{(.*?)}", Latex().render(document).decode())
    files = Latex().files(document)
    assert list(files) == wanted == ["figures/01-forest.png", "figures/02-forest.png"]
    assert files[wanted[0]] == b64decode(demo.picture())


@pytest.mark.parametrize(
    "text",
    [r"\frac{1}{2}", r"\beta_0 + \beta_1 x_{ij}^2", r"\hat{y} \sim N(0, \sigma^2)", "50\\%"],
)
def test_mathematics_is_set(text: str) -> None:
    """A formula of known commands stays what it is."""
    assert formula(text) == text


@pytest.mark.parametrize(
    "text",
    [r"\input{/etc/passwd}", r"\write18{id}", "^^5cinput{x}", "a $ b", "a % b", "} \\iftrue {", "{",
     r"\csname input\endcsname", r"\catcode`x=0", "a\n\nb", r"a \\ b"],
)  # fmt: skip
def test_a_formula_holds_nothing_but_mathematics(text: str) -> None:
    """TeX can open files and run programs; a report's formula cannot ask it to."""
    assert formula(text) == ""


def test_no_character_is_a_ligature_or_a_command() -> None:
    """Two hyphens are two hyphens; a bracket after the end of a row is no option."""
    assert tex("a--b") == "a{-}{-}b"
    assert tex("[x]*") == "{[}x{]}{*}"
    assert tex("\u2212\u20071.5\u00a0%") == r"\ensuremath{-}\hphantom{0}1.5~\%"


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
def test_it_compiles(demo: ModuleType, tmp_path: Path) -> None:
    """Everything that a report may hold, hostile labels among it, becomes a PDF."""
    pypdf = pytest.importorskip("pypdf")
    label = r"\input{/etc/passwd} $x$ 5% & #_{}~^ [a]* <b> «é» χ² 中 ``--''"
    rows = tuple(Row(text, ()) for text in (label, "*star", "[bracket]"))
    odd = Table("model", demo.compare().columns, (RowBlock(rows, label),), label)
    prose = Text(PROSE)
    document = demo.document(*demo.PARTS, Heading(1, label), prose, odd, prose)
    (tmp_path / "report.tex").write_bytes(Latex().render(document))
    (tmp_path / "figures").mkdir()
    for name, content in Latex().files(document).items():
        (tmp_path / name).write_bytes(content)
    command = [
        "pdflatex",
        "-halt-on-error",
        "-no-shell-escape",
        "-interaction=nonstopmode",
        "report",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    pages = pypdf.PdfReader(tmp_path / "report.pdf").pages
    text = "\n".join(page.extract_text() for page in pages)
    assert r"\input{/etc/passwd} $x$ 5% &" in text
    assert "Non-Hispanic White" in text
