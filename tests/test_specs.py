"""Every spec that ships is built, as a reader of the README would build it, and looks as it did."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from reportgen.cli import main

ROOT = Path(__file__).parent.parent
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
NEEDS_DATA = {"nhanes"}
FOOT = 0.925
"""Below this share of its height a page names the commit, which is another one every day."""
BLUR, APART, MOST = 1.2, 60, 0.004
"""Pixels are blurred a little (Pango and poppler of other versions draw edges otherwise) and differ
where their greys are so far apart; this share of a page may.
"""


def pages():
    """docs/pages.py, which makes the pictures of the documentation."""
    spec = importlib.util.spec_from_file_location("pages", ROOT / "docs" / "pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=SPECS, ids=lambda path: path.stem)
def built(request, tmp_path_factory):
    """The folder of a report, built once for the tests that look at it."""
    spec, out = request.param, tmp_path_factory.mktemp("specs")
    arguments = ["build", str(spec), "--out", str(out)]
    if spec.stem in NEEDS_DATA:
        arguments += ["--data-dir", str(request.getfixturevalue("shared") / "data")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", pages().EPOCH)
        assert main(arguments) == 0
    return out / spec.stem


def test_it_builds(built, keeps_contract):
    """Exit code 0, every model fitted, every claim true, nothing but the promised files."""
    assert {path.name for path in built.iterdir()} == {
        "report.html", "report.pdf", "results.json", "tables", "figures",
    }  # fmt: skip
    results = json.loads((built / "results.json").read_text(encoding="utf-8"))
    keeps_contract(results)
    assert all(model["status"] != "failed" for model in results["models"].values())
    assert all(claim["holds"] for claim in results["claims"])
    assert (built / "report.pdf").read_bytes().startswith(b"%PDF-")


def grey(file):
    """A page without its foot, in greys, blurred."""
    from PIL import Image, ImageFilter

    with Image.open(file) as image:
        page = image.convert("L")
    page = page.crop((0, 0, page.width, int(FOOT * page.height)))
    return page.filter(ImageFilter.GaussianBlur(BLUR))


def compared(expected, found, out):
    """The share of pixels that differ, having drawn both pages and, in red, where they do."""
    from PIL import Image, ImageChops

    one, other = grey(expected), grey(found)
    if one.size != other.size:
        return 1.0
    apart = ImageChops.difference(one, other).point(lambda grey: 255 if grey > APART else 0)
    marked = other.convert("RGB")
    marked.paste((255, 0, 0), mask=apart)
    sheet = Image.new("RGB", (3 * one.width, one.height))
    for number, page in enumerate((one.convert("RGB"), other.convert("RGB"), marked)):
        sheet.paste(page, (number * one.width, 0))
    sheet.save(out)
    return apart.histogram()[255] / (one.width * one.height)


def test_it_looks_as_in_the_documentation(built, tmp_path):
    """The first pages are the pictures in docs/images/pages; a difference is drawn."""
    if shutil.which("pdftoppm") is None or shutil.which("pdfinfo") is None:
        pytest.skip("no pdftoppm: apt install poppler-utils")
    made = pages()
    if built.name not in made.SPECS:
        pytest.skip("no picture is kept of a report whose data must be fetched")
    kept = sorted(made.FOLDER.glob(f"{built.name}-*.png"))
    found = made.pictures(built / "report.pdf", tmp_path)
    assert kept
    assert len(kept) == len(found)
    for expected, page in zip(kept, found, strict=True):
        drawn = tmp_path / f"differs-{expected.name}"
        share = compared(expected, page, drawn)
        assert share <= MOST, (
            f"{share:.2%} of {expected.name} differs: look at {drawn} (kept, now, difference); "
            "if it is as it should be, run `python docs/pages.py`"
        )


def test_a_page_that_differs_is_told_from_one_that_does_not(tmp_path):
    """The comparison sees a table that has moved by a line, and no difference in a page itself."""
    from PIL import Image, ImageChops

    page = pages().FOLDER / "grunfeld-1.png"
    moved = tmp_path / "moved.png"
    with Image.open(page) as image:
        ImageChops.offset(image.convert("RGB"), 0, 6).save(moved)
    assert compared(page, page, tmp_path / "same.png") == 0
    assert compared(page, moved, tmp_path / "other.png") > 5 * MOST


def test_the_example_agrees_with_statsmodels(tmp_path, root):
    """The README's report holds the numbers that statsmodels gives when called by hand."""
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    spec = root / "specs" / "grunfeld.yaml"
    assert main(["build", str(spec), "--out", str(tmp_path), "--formats", "html"]) == 0
    text = (tmp_path / "grunfeld" / "results.json").read_text(encoding="utf-8")
    models = json.loads(text)["models"]

    data = sm.datasets.grunfeld.load_pandas().data
    data["value_100"], data["capital_100"] = data["value"] / 100, data["capital"] / 100
    formula = "invest ~ value_100 + capital_100"
    gee = smf.gee(formula, "firm", data, cov_struct=sm.cov_struct.Exchangeable()).fit()
    mixed = smf.mixedlm(formula, data, groups="firm").fit()
    for name, fit in (("invest_gee", gee), ("invest_mixed", mixed)):
        for term in ("Intercept", "value_100", "capital_100"):
            coef = models[name]["coef"][term]
            assert coef["estimate"] == pytest.approx(fit.params[term], rel=1e-4)
            assert coef["se"] == pytest.approx(fit.bse[term], rel=1e-4)
    assert models["invest_mixed"]["variance"]["firm"]["var"] == pytest.approx(
        mixed.cov_re.iloc[0, 0], rel=1e-3
    )
