"""A report whose fits have much wrong with them says all of it in its own language."""

from __future__ import annotations

import html
import json
import re

import numpy as np
import pandas as pd
import pytest

from reportgen.cli import main
from reportgen.core.saying import english
from reportgen.core.sentences import say
from reportgen.core.words import languages

OTHERS = [lang for lang in languages() if lang != "en"]
ENGLISH = re.compile(
    r"\b(the|of|and|with|is|are|was|were|by|from|not|has|have|which|rows?|clusters|estimates?|"
    r"standard errors?|to)\b"
)
SPEC = """
reportgen: 1
title: Xyz
lang: {lang}
datasets:
  d:
    source: data.csv
    columns:
      y: Aaa
      x: Bbb
      g: {{label: Ccc, levels: {{1: Ddd, 2: Eee, 3: Fff}}}}
      event: {{label: Ggg, levels: {{0: Nnn, 1: Jjj}}}}
      site: Hhh
      few: {{label: Iii, missing: [9]}}
      flat: Jjj
    sample:
      - {{complete: [y, x]}}
      - {{complete: all}}
    recodes:
      twice: {{expr: 2 * x, label: Kkk}}
      band: {{cut: x, at: [-0.5, 1], label: Lll}}
      third: {{cut: y, quantiles: 3, label: Mmm}}
models:
  tied: {{kind: ols, data: d, formula: y ~ x + twice + g, label: M1}}
  coded: {{kind: ols, data: d, formula: few ~ band + third, label: M2}}
  parted: {{kind: glm, data: d, formula: event ~ x + C(g), family: binomial, label: M3}}
  few: {{kind: gee, data: d, formula: y ~ x, groups: site, label: M4}}
  none: {{kind: mixedlm, data: d, formula: y ~ x, groups: site, label: M5}}
  same: {{kind: ols, data: d, formula: flat ~ x, label: M6}}
report:
  - table: sample
    data: d
  - table: notes
  - table: compare
    models: [tied, coded, none]
    columns: [estimate, se, p]
  - table: compare
    models: [parted]
  - plot: residuals
    models: [same]
  - table: contrasts
    models: [coded]
    of: third
  - claim: Zzz.
    that: models.tied.n > 1.5 and not models.tied.n > 2
output: {{formats: [html]}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Rows with a separated level, a copied column, few clusters that do not differ."""
    folder, rng = tmp_path_factory.mktemp("languages"), np.random.default_rng(3)
    n = 240
    table = pd.DataFrame({"x": rng.normal(size=n), "site": np.arange(n) // 30 + 1})
    noise = rng.normal(size=n)
    table["y"] = table.x + noise - pd.Series(noise).groupby(table.site).transform("mean")
    table.loc[0, "y"] = np.nan
    table["g"] = np.arange(n) % 3 + 1
    table["event"] = np.where(table.g == 3, 0, rng.integers(0, 2, n))
    table["few"] = np.where(np.arange(n) == 7, 9, np.arange(n) % 2 + 1)
    table["flat"] = 4
    table.to_csv(folder / "data.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def built(folder):
    """The text of the page and results.json in a language."""
    known = {}

    def build(lang):
        if lang not in known:
            spec, out = folder / f"{lang}.yaml", folder / "out"
            spec.write_text(SPEC.format(lang=lang), encoding="utf-8")
            assert main(["build", str(spec), "--out", str(out)]) == 4
            results = json.loads((out / lang / "results.json").read_text(encoding="utf-8"))
            page = (out / lang / "report.html").read_text(encoding="utf-8")
            known[lang] = text_of(page), results
        return known[lang]

    return build


def text_of(page):
    page = re.sub(r"<(style|script|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    alts = re.findall(r'(?:alt|aria-label|title)="([^"]*)"', page)
    return html.unescape("\n".join([re.sub(r"<[^>]+>", "\n", page), *alts]))


def findings(results):
    return [note for model in results["models"].values() for note in model["notes"]]


def test_much_is_wrong_with_it(built):
    """The spec finds what the other tests are about."""
    codes = {note["code"] for note in findings(built("en")[1])}
    assert codes >= {
        "rank-deficient", "separation", "few-clusters", "boundary", "few-values",
        "constant-outcome", "normal-tests",
    }  # fmt: skip


@pytest.mark.parametrize("lang", OTHERS)
def test_no_english_word_is_left(built, lang):
    """In no table, note, axis or alternative text of the whole page."""
    text, _ = built(lang)
    assert not sorted({line for line in text.splitlines() if ENGLISH.search(line)})


@pytest.mark.parametrize("lang", OTHERS)
def test_no_finding_stands_there_in_english(built, lang):
    """Neither as it is in results.json nor with names without their marks."""
    text, results = built(lang)
    said = {note["text"] for note in findings(results)} - {""}
    assert not [each for each in said if each in text or each.replace("`", "") in text]


@pytest.mark.parametrize("lang", OTHERS)
def test_results_are_the_same_in_every_language(built, lang):
    """Programs read names and English; only the digest of the spec and its place differ."""
    english, other = built("en")[1], built(lang)[1]
    for part in ("datasets", "models"):
        assert other[part] == english[part]


def test_columns_levels_and_coefficients_are_called_by_their_labels(built):
    """What the data call `g` is Ccc to the reader; results.json keeps the names."""
    text, results = built("de")
    assert "keiner der 80 Zeilen mit „Ccc“ = „Fff“ trat das Ereignis ein" in " ".join(text.split())
    assert "keinen endlichen Schätzwert gibt für „Ccc: Fff“" in text
    (note,) = (each for each in results["models"]["parted"]["notes"]
               if each["code"] == "separation")  # fmt: skip
    assert note["text"] == (
        "none of the 80 rows with `g` = `3` has the event, so `C(g)[T.3]` has no finite estimate"
    )


def test_steps_and_intervals_are_those_of_the_language(built):
    """Steps that nobody named, and the names of intervals, their decimals with them."""
    german, spanish = built("de")[0], built("es")[0]
    assert "Vollständige Daten: „Aaa“ und „Bbb“" in german
    assert "Vollständige Daten in allen 7 Spalten" in german
    assert "−0,5 bis <1" in german
    assert "−0,5 a <1" in spanish
    steps = built("de")[1]["datasets"]["d"]["steps"]
    assert [each["label"] for each in steps] == [
        "Complete data on y and x", "Complete data on all 7 columns",
    ]  # fmt: skip


def test_a_claim_that_fails_is_written_out_in_the_language(built):
    """Its numbers, and the words between them."""
    assert "238 > 1,5 und nicht 238 > 2" in built("de")[0]


def test_what_stopped_a_fit_is_told_where_its_numbers_would_be(built):
    """A block of a failed model, in place of its figure."""
    reason = english(say("constant-outcome", outcome="x", rows=1)).split("x")[0]
    assert reason not in built("fr")[0]
    assert "le modèle «\u00a0M6\u00a0» n’a pas pu être ajusté" in built("fr")[0]
