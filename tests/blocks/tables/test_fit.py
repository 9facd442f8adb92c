"""`table: fit`: a row a model, or few models with many statistics side by side."""

from __future__ import annotations

from reportgen.blocks.tables.fit import Fit

BLOCK = Fit()


def build(make_context, *models, **options):
    given = Fit.Options(models=tuple(model.id for model in models), **options)
    return BLOCK.build(given, make_context(*models))


def test_a_number_for_what_some_model_defines(make_context, ols, gee, smoke_mixed, broken):
    """Each number under its model; what an estimator lacks is undefined; a failed fit failed."""
    table = build(make_context, ols, gee, smoke_mixed, broken)
    columns = {
        column.label: {
            row.label: row.cells[place].empty or row.cells[place].value
            for row in table.blocks[0].rows
        }
        for place, column in enumerate(table.columns)
    }
    assert columns["OLS"] == {
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
    assert columns["GEE"]["AIC"] == columns["GEE"]["Log-likelihood"] == "undefined"
    assert columns["GEE"]["QIC"] == 5119.6
    assert set(columns["Broken"].values()) == {"failed"}
    assert [column.mark for column in table.columns] == ["", "", "", "a"]
    assert table.marks["a"].startswith("Broken could not be fitted")
    assert any("different observations" in note for note in table.notes)


def test_few_statistics_are_a_row_a_model(make_context, ols, gee):
    """In the order in which the models are named."""
    table = build(make_context, ols, gee, stats=("n",))
    assert table.stub == "Model"
    assert [row.label for row in table.blocks[0].rows] == ["OLS", "GEE"]
    assert [row.cells[1].value for row in table.blocks[0].rows] == [5102, 5102]


def test_statistics_are_chosen(make_context, ols):
    """Only those asked for, besides the number of parameters."""
    table = build(make_context, ols, stats=("aic", "n"))
    assert [column.label for column in table.columns] == ["Parameters", "Observations", "AIC"]


def test_models_must_be_named():
    """An empty list is a problem at `models`."""
    (problem,) = BLOCK.check(Fit.Options(models=()))
    assert problem.path == ("models",)
