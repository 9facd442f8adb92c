"""Every spec that ships is built, as a reader of the README would build it."""

import json
from pathlib import Path

import pytest

from reportgen.cli import main

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))
NEEDS_DATA = {"nhanes"}


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_it_builds(spec, tmp_path, request, keeps_contract):
    """Exit code 0, every model fitted, every claim true, nothing but the promised files."""
    arguments = ["build", str(spec), "--out", str(tmp_path)]
    if spec.stem in NEEDS_DATA:
        arguments += ["--data-dir", str(request.getfixturevalue("shared") / "data")]
    assert main(arguments) == 0
    folder = tmp_path / spec.stem
    assert {path.name for path in folder.iterdir()} == {
        "report.html", "report.pdf", "results.json", "tables", "figures",
    }  # fmt: skip
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    keeps_contract(results)
    assert all(model["status"] != "failed" for model in results["models"].values())
    assert all(claim["holds"] for claim in results["claims"])
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")


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
