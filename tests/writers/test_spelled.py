"""Mathematics as a line of characters."""

from __future__ import annotations

import pytest

from reportgen.writers.texts import mathematics as maths
from reportgen.writers.texts.spelled import spelled

SPELLED = {
    r"\hat{\beta}_1 = 0.47": "β̂₁ = 0.47",
    r"u_j \sim N(0,\ \sigma_u^2)": "uⱼ ∼ N(0, σᵤ²)",
    r"\rho = \frac{\sigma_u^2}{\sigma_u^2 + \sigma_\varepsilon^2}": "ρ = (σᵤ²)/(σᵤ² + σ_ε²)",
    r"\sqrt{\frac{a}{b}} \leq 1": "√(a/b) ≤ 1",
    r"\mathrm{corr}(u_{0j},\ u_{1j}) = 0.63": "corr(u₀ⱼ, u₁ⱼ) = 0.63",
    r"\log \left( \frac{p}{1 - p} \right)": "log (p/(1 - p))",
    r"x^{n+1} y^{a}": "xⁿ⁺¹ y^a",
    r"\{a\} \cup \text{a word}": "{a} ∪ a word",
    r"\Lambda \lambda \Omega \varphi": "Λ λ Ω φ",
    r"\bar x": "x̄",
}


@pytest.mark.parametrize("source", SPELLED)
def test_what_a_line_of_characters_can_say(source: str) -> None:
    """Greek, signs, indices and exponents that Unicode has; else their signs and brackets."""
    assert spelled(source) == SPELLED[source]


def test_no_command_is_left() -> None:
    """Every command that the grammar admits has its characters."""
    for source in (
        *(f"a \\{name} b" for name in maths.PLAIN),
        *(f"\\{name}" + "{a}" * count for name, count in maths.ARGUMENTS.items()),
        *(f"\\left{each} a \\right{each}" for each in maths.DELIMITERS),
    ):
        assert "\\" not in spelled(source), source
