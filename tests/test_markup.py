"""Markup in labels, levels, column names and values is text: on the page, on paper, in drawings, in
tables for spreadsheets and in every other format.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from reportgen.cli import main
from reportgen.writers import WRITERS

LEVELS = (
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\" onmouseover=\"alert(1)",
    "--><svg onload=x>",
    "\u202egnp.exe", "a\u200bb", "{{ 7*7 }}", "$\\frac{1}{2}$ $x", "]]><b>", "@SUM(A1)",
    "+1-1", "-1+1",
    "*b* [l](javascript:x)", "\\begin{x} % &", "' OR 1=1 --",
)  # fmt: skip
COLUMN = "<img src=x onerror=alert(1)>"
LABEL = '"><script>alert(2)</script>\u202e$5$ {{ 8*8 }} =1+1'
PROSE = LABEL.replace("{{ 8*8 }}", "[l](javascript:alert(3)) ![i](http://evil.org/a.png)")

SPEC = """\
reportgen: 1
title: {label}
subtitle: {label}
authors: [{label}]
abstract: {prose}
datasets:
  trial:
    source: trial.csv
    columns:
      y: {{label: {label}, unit: {label}}}
      {column}: {label}
      g: {{label: {label}}}
      h: {{label: {label}, levels: {{a: {label}, b: b}}}}
      site: {label}
    sample: [{{where: y > -99, label: {label}}}]
models:
  plain: {{kind: ols, formula: {formula}, label: {label}}}
  gee: {{kind: gee, formula: {formula}, groups: site, label: {label}}}
  mixed: {{kind: mixedlm, formula: {mixed}, groups: g, label: {label}}}
report:
  - section: {label}
  - text: {prose}
  - {{table: describe, data: trial, columns: [y, {column}, g, h], by: h}}
  - {{table: sample, data: trial}}
  - {{table: missing, models: [plain]}}
  - {{plot: missing, data: trial}}
  - {{table: compare, models: [plain, gee, mixed], caption: {label}, note: {label}}}
  - {{table: model, models: mixed}}
  - {{table: icc, models: [gee, mixed]}}
  - {{table: variance, models: mixed}}
  - {{table: ranef, models: mixed}}
  - {{table: tests, models: [plain]}}
  - {{table: contrasts, models: plain, of: g, method: reference}}
  - {{table: predictions, models: plain, of: [g, h]}}
  - {{table: notes}}
  - {{plot: forest, models: [plain, gee]}}
  - {{plot: icc, models: [gee, mixed]}}
  - {{plot: caterpillar, models: mixed}}
  - {{plot: effects, models: plain, x: {column}, by: h}}
  - {{plot: residuals, models: plain}}
  - {{claim: {prose}, that: data.trial.n > 1}}
output: {{formats: [{formats}]}}
"""


def quoted(text):
    return json.dumps(text, ensure_ascii=True)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The files of a report whose every word comes from somebody hostile."""
    folder = tmp_path_factory.mktemp("markup")
    chance = random.Random(1)
    with (folder / "trial.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["y", COLUMN, "g", "h", "site"])
        for row in range(300):
            place = row % len(LEVELS)
            rows.writerow([chance.gauss(place % 5, 1), chance.gauss(0, 1), LEVELS[place],
                           "ab"[chance.randrange(2)], row % 20])  # fmt: skip
    formula = f"y ~ Q('{COLUMN}') + h"
    given = {"label": LABEL, "column": COLUMN, "prose": PROSE, "formula": f"{formula} + g",
             "mixed": formula}  # fmt: skip
    text = SPEC.format(
        formats=", ".join(WRITERS), **{key: quoted(each) for key, each in given.items()}
    )
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    out = folder / "out"
    assert main(["build", str(folder / "spec.yaml"), "--out", str(out), "--no-cache"]) == 0
    return out / "spec"


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_page_is_what_the_templates_made(report):
    """No element, attribute or address is of a stranger's making; what cannot be seen is shown."""
    text = (report / "report.html").read_text(encoding="utf-8")
    elements = Elements(text).found
    assert not {"script", "img", "a", "iframe", "link"} & {tag for tag, _ in elements}
    for tag, attributes in elements:
        assert not any(name.startswith("on") for name in attributes), tag
        for name in ("href", "src"):
            address = attributes.get(name) or "#"
            assert address.startswith(("#", "data:image/png;base64,")), (tag, address)
    body = text[text.index("<body") :]
    assert "\u202e" not in text
    assert "\u200b" not in text
    assert "\\u202e" in body
    assert "&lt;script&gt;alert(1)" in body
    assert "{{ 8*8 }}" in body
    assert "{{ 7*7 }}" in body


def test_the_paper_shows_text(report):
    """What a reader can copy out of the PDF is what was written, and nothing in it can be run."""
    from pypdf import PdfReader

    reader = PdfReader(report / "report.pdf")
    text = "".join(page.extract_text() for page in reader.pages)
    flat = re.sub(r"\s+", "", text)
    assert "<script>alert(1)</script>" in flat
    assert "\u202e" not in text
    for page in reader.pages:
        for note in page.get("/Annots") or ():
            action = note.get_object().get("/A", {})
            assert action.get("/S") in (None, "/GoTo", "/URI")
            assert not str(action.get("/URI", "")).startswith("javascript:")
    assert "/JavaScript" not in str(reader.trailer["/Root"].get("/Names", {}))


def test_drawings_are_drawings(report):
    """An SVG file is well-formed, holds shapes and text, and nothing unseen or from elsewhere."""
    drawings = sorted((report / "figures").glob("*.svg"))
    assert len(drawings) == 6
    for path in drawings:
        text = path.read_text(encoding="utf-8")
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(text).iter()}
        assert not {"script", "foreignObject", "b", "img"} & tags, path
        assert "<!--" not in text
        assert "\u202e" not in text, path
        for element in ElementTree.fromstring(text).iter():
            for name, value in element.attrib.items():
                assert not name.lower().startswith("on")
                if name.endswith("href"):
                    assert value.startswith(("#", "data:image/png;base64,"))


def test_no_cell_is_a_formula(report):
    """A spreadsheet that opens a table or the numbers of a figure computes nothing."""
    files = [
        *sorted((report / "tables").glob("*.csv")),
        *sorted((report / "figures").glob("*.csv")),
    ]
    seen = ""
    for path in files:
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            for cell in row:
                seen += cell
                if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
                    assert re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", cell), (path.name, cell)
        assert "\u202e" not in path.read_text(encoding="utf-8"), path
    assert "'=cmd|" in seen
    assert "'@SUM" in seen
    assert "'+1-1" in seen
    assert "'-1+1" in seen


def test_results_hold_the_values_themselves(report):
    """results.json is for programs: levels and names are as they are, and it is one JSON text."""
    record = json.loads((report / "results.json").read_text(encoding="utf-8"))
    names = set(record["models"]["plain"]["coef"])
    assert {f"g[T.{level}]" for level in LEVELS} & names
    assert f"Q('{COLUMN}')" in names


@pytest.mark.parametrize("ending", [".md", ".tex", ".docx", ".xlsx"])
def test_other_formats_show_nothing_unseen(report, ending):
    """No direction of writing is turned round in any format."""
    from zipfile import ZipFile

    for path in report.glob(f"*{ending}"):
        if ending in (".docx", ".xlsx"):
            with ZipFile(path) as archive:
                names = [name for name in archive.namelist() if name.endswith(".xml")]
                text = "".join(archive.read(name).decode("utf-8") for name in names)
            assert "<script>" not in text
        else:
            text = path.read_text(encoding="utf-8")
        assert "\u202e" not in text, path
