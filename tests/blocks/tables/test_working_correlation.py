"""`table: working_correlation`: a matrix by time for one model, a list for several."""

from __future__ import annotations

import pytest

from reportgen.blocks.tables.working_correlation import WorkingCorrelations
from reportgen.core.clusters import WorkingCorrelation
from reportgen.core.types import Method

UNSTRUCTURED = WorkingCorrelation(
    "unstructured", {"1,2": 0.4, "1,4": 0.1, "2,4": -0.2}, ("1", "2", "4"),
    ((1.0, 0.4, 0.1), (0.4, 1.0, -0.2), (0.1, -0.2, 1.0)),
)  # fmt: skip
AUTOREGRESSIVE = WorkingCorrelation("autoregressive", {"1": 0.5}, ("1", "2"), ((1, 0.5), (0.5, 1)))


@pytest.fixture
def build(make_model, make_context):
    """The table of models of some working correlations, by their names."""

    def made(**given):
        models = [
            make_model(
                name, working=working,
                method=Method("gee", "robust", groups="group", details={"time": "RIDAGEYR"}),
            )
            for name, working in given.items()
        ]  # fmt: skip
        options = WorkingCorrelations.Options(models=tuple(given))
        return WorkingCorrelations().build(options, make_context(*models))

    return made


def rows(table):
    return [
        (row.label, *(cell.value for cell in row.cells)) for b in table.blocks for row in b.rows
    ]


def test_one_model_is_a_matrix_by_time(build):
    """The lower triangle with its diagonal; the stub is the label of the times."""
    table = build(visits=UNSTRUCTURED)
    assert table.stub == "Age (years)"
    assert [column.label for column in table.columns] == ["1", "2", "4"]
    assert rows(table) == [
        ("1", 1.0, None, None), ("2", 0.4, 1.0, None), ("4", 0.1, -0.2, 1.0),
    ]  # fmt: skip
    assert any("Robust standard errors hold" in note for note in table.notes)


def test_several_models_are_a_list(build):
    """Pairs of times, distances, units and independence each say what two rows share."""
    table = build(
        pairs=UNSTRUCTURED, chain=AUTOREGRESSIVE,
        any=WorkingCorrelation("exchangeable", {"group": 0.0135}),
        nested=WorkingCorrelation("nested", {"group": 0.1, "RIAGENDRx": 0.3}),
        none=WorkingCorrelation("independence"),
    )  # fmt: skip
    assert [block.title for block in table.blocks] == ["pairs", "chain", "any", "nested", "none"]
    assert rows(table) == [
        ("Age (years): 1 and 2", 0.4), ("Age (years): 1 and 4", 0.1),
        ("Age (years): 2 and 4", -0.2), ("Age (years): 1 apart", 0.5),
        ("Any two", 0.0135),
        ("Of one masked variance unit, and of no smaller unit", 0.1),
        ("Of one sex, and of no smaller unit", 0.3),
        ("Taken as independent", 0.0),
    ]  # fmt: skip
    assert sum("Autoregressive:" in note for note in table.notes) == 1


def test_many_times_are_a_list(build):
    """Thirteen times would be wider than a page."""
    matrix = tuple(tuple(1.0 for _ in range(13)) for _ in range(13))
    wide = WorkingCorrelation("stationary", {"1": 0.4}, tuple(map(str, range(13))), matrix)
    assert rows(build(visits=wide)) == [("Age (years): 1 apart", 0.4)]


def test_a_model_without_one_says_so(build):
    """A model that is none of estimating equations has no working correlation."""
    table = build(ols=None)
    assert table.blocks[0].rows[0].cells[0].empty == "undefined"


def test_an_odds_ratio_is_no_correlation(build):
    """It is written as a ratio, its row and column say what it is, and a note how to read it."""
    table = build(
        ordered=WorkingCorrelation("global_odds_ratio", {"group": 1.29}),
        any=WorkingCorrelation("exchangeable", {"group": 0.0135}),
    )  # fmt: skip
    assert rows(table) == [("Any two (odds ratio)", 1.29), ("Any two", 0.0135)]
    assert table.blocks[0].rows[0].cells[0].role == "ratio"
    assert table.columns[0].label == "Association"
    assert any(note.startswith("One odds ratio") for note in table.notes)
