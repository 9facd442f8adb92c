"""Tail probabilities against scipy."""

from __future__ import annotations

import pytest

from reportgen.blocks.distributions import chi_square_tail, mixture_tail, normal_quantile


@pytest.mark.parametrize("df", [1, 2, 3, 4, 7, 30, 101, 1000])
def test_the_tail_is_scipys(df):
    """From the far left to 1e-290 in the right tail, to 1e-11 relative."""
    from scipy.stats import chi2

    for x in (1e-6, 0.01, 0.5, 1.0, 3.84, df * 0.9, df + 1.0, df + 2.5, 3.0 * df, 40.0 + df, 900.0):
        assert chi_square_tail(x, df) == pytest.approx(chi2.sf(x, df), rel=1e-11, abs=1e-300)


def test_hand_values():
    """χ²(2) is exponential: P(X ≥ x) is exp(−x/2); nothing lies below zero."""
    assert chi_square_tail(2.0, 2) == pytest.approx(0.36787944117144233, rel=1e-14)
    assert chi_square_tail(0.0, 3) == 1.0
    assert chi_square_tail(-1.0, 3) == 1.0


def test_no_degrees_of_freedom_are_a_point_mass():
    """χ²(0) is zero with certainty."""
    assert chi_square_tail(0.0, 0) == 1.0
    assert chi_square_tail(1e-9, 0) == 0.0


def test_negative_degrees_of_freedom_are_refused():
    """There is no such distribution."""
    with pytest.raises(ValueError, match="degrees of freedom"):
        chi_square_tail(1.0, -1)


def test_a_mixture_is_weighted(golden):
    """The boundary tests of the case study, as R computed them."""
    for name in ("REML_int_vs_none", "REML_indepslope_vs_int"):
        known = golden("nhanes_lrt_R")["2015_2016"][name]
        p = mixture_tail(known["LRT"], {0: 0.5, 1: 0.5})
        assert p == pytest.approx(known["p_chibar"], rel=1e-10)
    known = golden("nhanes_lrt_R")["2015_2016"]["REML_corrslope_vs_int"]
    assert mixture_tail(known["LRT"], {1: 0.5, 2: 0.5}) == pytest.approx(
        known["p_chibar"], rel=1e-10
    )


def test_normal_quantiles():
    """The table value of 97.5 %."""
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, rel=1e-12)
