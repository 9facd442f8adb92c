"""`table: fit`: a row a model."""

from __future__ import annotations

from reportgen.blocks.tables.fit import Fit

BLOCK = Fit()


def build(make_context, *models, **options):
    given = Fit.Options(models=tuple(model.id for model in models), **options)
    return BLOCK.build(given, make_context(*models))


def test_a_column_for_what_some_model_defines(make_context, ols, gee, smoke_mixed, broken):
    """Each number under its name; what an estimator lacks is undefined; a failed fit failed."""
    table = build(make_context, ols, gee, smoke_mixed, broken)
    rows = {
        row.label: dict(
            zip(
                [column.label for column in table.columns],
                [cell.empty or cell.value for cell in row.cells],
                strict=True,
            )
        )
        for row in table.blocks[0].rows
    }
    assert rows["OLS"] == {
        "Parameters": 9,
        "Observations": 5102,
        "Clusters (size)": "undefined",
        "Events": "undefined",
        "R²": 0.24001860225,
        "Log-likelihood": -21421.531769543843,
        "AIC": 42859.063539087685,
        "QIC": "undefined",
        "Intraclass correlation": "undefined",
        "Estimator": "OLS",
    }
    assert rows["GEE"]["AIC"] == rows["GEE"]["Log-likelihood"] == "undefined"
    assert rows["GEE"]["QIC"] == 5119.6
    assert set(rows["Broken"].values()) == {"failed"}
    assert table.marks["a"].startswith("Broken could not be fitted")
    assert any("different observations" in note for note in table.notes)


def test_statistics_are_chosen(make_context, ols):
    """Only those asked for, besides the number of parameters."""
    table = build(make_context, ols, stats=("aic", "n"))
    assert [column.label for column in table.columns] == ["Parameters", "Observations", "AIC"]


def test_models_must_be_named():
    """An empty list is a problem at `models`."""
    (problem,) = BLOCK.check(Fit.Options(models=()))
    assert problem.path == ("models",)
