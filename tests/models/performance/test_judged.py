"""Which fits can be judged by their predictions."""

from __future__ import annotations

import pandas as pd
import pytest

from reportgen.core.errors import FitError
from reportgen.core.types import Facts, Frame, Method, Result
from reportgen.models.performance.judged import judged

TABLE = pd.DataFrame({"y": [0, 1, 1, None], "site": ["b", "a", "b", "a"]})
FRAME = Frame(TABLE, Facts("d", 4, 4, ""))
HELD = {"observed": (0.0, 1.0, 1.0), "fitted": (0.2, 0.9, 0.4)}


def result(groups=None, **known):
    method = Method("glm", "nonrobust", family="binomial", groups=groups)
    given = {"observations": HELD, "columns": ("y",), "n": 3, **known}
    return Result("glm", "ok", method=method, **given)


def test_the_clusters_are_those_of_the_rows_used():
    """The incomplete row has no part; clusters are counted in their sorted order."""
    rows = judged(result("site"), FRAME)
    assert list(rows.clusters) == [1, 0, 1]
    assert rows.known == {"n": 3, "events": 2, "n_groups": 2}
    assert judged(result(), FRAME).clusters is None


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"observations": {}}, "no fitted probabilities"),
        ({"observations": {**HELD, "observed": (0.0, 0.5, 1.0)}}, "share of trials"),
        ({"observations": {**HELD, "observed": (1.0, 1.0, 1.0)}}, "all its outcomes are equal"),
        ({"imputed": {"x": 2}}, "imputed"),
        ({"columns": ()}, "imputed"),
    ],
)
def test_what_cannot_be_judged_says_why(known, reason):
    """No number is made up where there is nothing to judge by."""
    with pytest.raises(FitError, match=reason):
        judged(result(**known), FRAME)
