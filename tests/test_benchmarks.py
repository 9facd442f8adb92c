"""What benchmarks/ makes of measurements: the page, and what the README quotes of it."""

import importlib
import json
import re
import sys

import pytest

MODULES = ("measure", "page", "plotted", "documents", "run", "many_models", "simulated")


@pytest.fixture
def load(root, monkeypatch):
    """A module of benchmarks/ by its name, forgotten after the test with what it sets."""
    folder = root / "benchmarks"
    if not folder.is_dir():
        pytest.skip("a copy without benchmarks/")
    monkeypatch.syspath_prepend(str(folder))
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    yield importlib.import_module
    for name in MODULES:
        sys.modules.pop(name, None)


def row(what, ratio, target, *, met, against=""):
    """A row as it comes back from JSON."""
    return {"what": what, "seconds": 1.25, "ratio": ratio, "target": target, "met": met,
            "against": against}  # fmt: skip


def answer(title, *rows, **more):
    """An answer as it comes back from JSON."""
    empty = {"about": "", "said": [], "plots": {}, "growth": [], "table": []}
    return {"title": title, "rows": list(rows), **empty, **more}


CASE = [
    row("HTML, no cache", "1.3 ×", "≤ 1.5 ×", met=True, against="the script"),
    row("HTML, no cache, `--engine fast`", "0.85 ×", "≤ 0.8 ×", met=False, against="the script"),
    row("HTML and PDF, no cache", "2.4 ×", "≤ 2.5 ×", met=True, against="the script"),
    row("HTML, nothing changed", "0.046 ×", "≤ 0.05 ×", met=True, against="the same without cache"),
    row(
        "HTML and PDF, nothing changed", "0.026 ×", "≤ 0.05 ×", met=True,
        against="the same without cache",
    ),
]  # fmt: skip
FITS = [
    row(f"{model}, 50,000 rows: faster than", ratio, "≥ 50 ×", met=met, against=peer)
    for model, peer, ratio, met in (
        ("random intercept", "statsmodels", "289 ×", False),
        ("random intercept", "lme4", "82 ×", True),
        ("GEE exchangeable", "statsmodels", "58 ×", True),
        ("GEE exchangeable", "geepack", "1,184 ×", True),
    )
]


def test_a_section_without_an_answer_is_named(load):
    """Whoever reads the page learns what was not measured."""
    text = load("page").page("# Head\n", {"imports": answer("Start-up"), "large": None}, {})
    assert "`benchmarks/large.py` was not run to its end, and has no numbers here." in text
    assert "imports.py" not in text
    assert "## Start-up" in text


def test_the_first_table_has_every_target_and_nothing_else(load):
    """Rows without a target are of their section only; growth has targets too."""
    page = load("page")
    grown = row("growth with rows", "size^1.20", "≤ size^1.1", met=False)
    peer = row("a script", "", "", met=None)
    text = page.page("# Head\n", {"a": answer("Study", peer, *CASE, growth=[grown])}, {})
    found = page.targets(text)
    assert [each.what for each in found] == [*(each["what"] for each in CASE), "growth with rows"]
    assert [each.met for each in found] == [True, False, True, True, True, False]
    assert "Of 6 targets 2 are missed" in text
    assert text.index("## Targets") < text.index("## Study") < text.index("| a script | 1.25 |")


def test_the_readme_counts_what_is_too_much_to_name(load):
    """Many missed targets are counted, and the page that names them is linked."""
    page = load("page")
    missed = [{**each, "met": False} for each in CASE]
    text = page.page("", {"case": answer("Study", *missed), "fits": answer("Fits", *FITS)}, {})
    said = " ".join(page.quoted(text).split())
    assert "Of their 9 targets 6 are missed, and marked so in [the first table]" in said


def test_the_readme_says_what_was_measured_and_what_was_missed(load):
    """Its numbers are those of the page; of two equal claims the weaker one is made."""
    page = load("page")
    text = page.page("", {"case": answer("Study", *CASE), "fits": answer("Fits", *FITS)}, {})
    said = " ".join(page.quoted(text).split())
    assert "becomes HTML in 1.3 times the processor time of a statsmodels script" in said
    assert "nothing changed takes 0.046 of that or less" in said
    assert "289 times as fast as by statsmodels and 82 times as fast as by lme4" in said
    assert "notebook" not in said
    assert "Of their 9 targets 2 are missed: HTML, no cache, `--engine fast`, against" in said
    assert "against the script (0.85 ×, wanted ≤ 0.8 ×); random intercept" in said
    assert "random intercept, 50,000 rows: faster than statsmodels (289 ×, wanted ≥ 50 ×)." in said


def test_the_readme_compares_with_documents_that_were_made(load):
    """A peer is named where it was measured."""
    page = load("page")
    notebook = row("HTML, no cache", "0.7 ×", "≤ 0.8 ×", met=True, against="the notebook")
    answers = {"case": answer("Study", *CASE, notebook), "fits": answer("Fits", *FITS)}
    said = " ".join(page.quoted(page.page("", answers, {})).split())
    assert "only prints, 0.7 times that of the script as a notebook;" in said


def test_the_readme_is_not_written_from_half_a_page(load):
    """Without the fits there is nothing to quote."""
    page = load("page")
    with pytest.raises(KeyError):
        page.quoted(page.page("", {"case": answer("Study", *CASE), "fits": None}, {}))


def test_the_numbers_of_the_readme_stand_on_the_page(root, load):
    """README.md quotes docs/benchmarks.md as it is now: both are written by one run."""
    (chapter,) = load("page").CHAPTER.findall((root / "README.md").read_text(encoding="utf-8"))
    measured = (root / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    numbers = r"\d(?:[\d.,]*\d)?"
    quoted = set(re.findall(numbers, chapter))
    assert quoted
    assert quoted <= set(re.findall(numbers, measured))


def test_a_script_that_fails_leaves_no_answer(load, monkeypatch, tmp_path):
    """An earlier answer is not taken for that of a run that failed."""
    run = load("run")
    monkeypatch.setattr(run, "HERE", tmp_path)
    monkeypatch.setattr(run, "KEPT", tmp_path)
    (tmp_path / "large.json").write_text(json.dumps(answer("Old")), encoding="utf-8")
    (tmp_path / "large.py").write_text("raise SystemExit(3)", encoding="utf-8")
    run._ask("large")
    assert run._answer("large") is None


def test_the_notebook_holds_the_script_and_every_figure(load, root, tmp_path):
    """Each figure stands behind the cell that fits what it shows."""
    documents = load("documents")
    script, figures = (
        (root / "benchmarks" / f"case_study_{name}.py").read_text(encoding="utf-8")
        for name in ("script", "figures")
    )
    cells = documents.cells_of(script, figures, tmp_path / "d.csv")
    code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    assert sum("plt.show()" in each for each in code) == 4
    for _, each in documents.parts(script):
        assert each in code
    compile("\n".join(code), "notebook", "exec")
    places = [place for place, each in enumerate(code) if "icc.items()" in each]
    assert "icc.values()" in code[places[0] + 1]


def test_a_figure_without_its_cell_is_an_error(load, tmp_path):
    """It would be left out of the notebook without a word."""
    documents = load("documents")
    with pytest.raises(ValueError, match="Slopes"):
        documents.cells_of("# %% Data\n1\n", "# %% Slopes\n2\n", tmp_path)


def test_what_a_stopped_loop_would_take_is_on_its_last_line(load):
    """What is spent before the first model is not multiplied."""
    at = load("many_models").at
    assert at(1_000, [(10, 3.0), (100, 12.0)]) == pytest.approx(102.0)
    assert at(1_000, [(10, 3.0), (1_000, 50.0)]) == 50.0
