"""One engine for every model of a plan, whatever its own keys say."""

from __future__ import annotations

from dataclasses import replace

from reportgen.plan.types import Plan


def with_engine(plan: Plan, engine: str | None) -> Plan:
    """The plan with `engine` on every model; None leaves each its own."""
    if engine is None:
        return plan
    fits = {
        name: replace(fit, options=replace(fit.options, engine=engine))
        for name, fit in plan.fits.items()
    }
    return replace(plan, fits=fits, engine=engine) if fits != plan.fits else plan
