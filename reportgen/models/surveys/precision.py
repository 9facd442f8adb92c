"""Standard errors of what a table describes, by the design of its sample. Heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.core.dataclass import dataclass
from reportgen.core.description import Summary
from reportgen.core.levels import level_texts
from reportgen.core.types import Frame
from reportgen.models.engines.samples.sampling import Sampling
from reportgen.models.surveys.comparisons import sampling_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Precision:
    """The sample, and where its rows stand."""

    frame: Frame
    sampling: Sampling

    @classmethod
    def of(cls, options: Any, frame: Frame) -> Precision:
        """The design that the options declare; without any, rows drawn at random."""
        return cls(frame, sampling_of(options, frame))

    def added(self, summary: Summary, rows: pd.DataFrame) -> Summary:
        """The summary of these rows with the standard errors of its mean and shares, linearised.

        The rows are a domain: all others stay in the design. FitError for a lonely unit under the
        rule `fail`.
        """
        inside = np.zeros(len(self.frame.table), dtype=bool)
        inside[self.frame.table.index.get_indexer(rows.index)] = True
        column = self.frame.table[summary.variable]
        inside &= column.notna().to_numpy() & (self.sampling.weights > 0)
        if not inside.any():
            return summary
        if summary.counts:
            texts = np.asarray(level_texts(column[inside]), dtype=object)
            levels = list(summary.counts)
            values = np.column_stack([texts == level for level in levels]).astype(float)
            errors = dict(zip(levels, self._errors(values, inside), strict=True))
            return replace(summary, share_errors=errors)
        if summary.mean is None:
            return summary
        return replace(summary, se=self._errors(column[inside].to_numpy(float)[:, None], inside)[0])

    def _errors(self, values: np.ndarray, inside: np.ndarray) -> Sequence[float]:
        """The standard errors of the weighted means of columns of values (rows inside, k).

        The scores of a mean are w(x - mean)/Σw (Lumley 2010, Complex Surveys, section 2.2).
        """
        w = self.sampling.weights[inside]
        means = w @ values / w.sum()
        scores = np.zeros((len(inside), values.shape[1]))
        scores[inside] = w[:, None] * (values - means) / w.sum()
        V = self.sampling.variance(self.sampling.totals(scores), inside)
        return [float(each) for each in np.sqrt(np.maximum(np.diag(V), 0.0))]
