"""From what is wrong to where it is written: problems get their line and column in the spec."""

from __future__ import annotations

from dataclasses import replace

from reportgen.core.errors import Problem, ReportgenError
from reportgen.plan.source import locate, locate_key
from reportgen.plan.types import FitPlan, Plan


def located(error: ReportgenError, plan: Plan) -> ReportgenError:
    """The same error, each problem with its place; problems that have one keep it."""
    return type(error)(_located(problem, plan) for problem in error.problems)


def in_fit(error: ReportgenError, fit: FitPlan) -> ReportgenError:
    """An error of a model: its paths start at the model, or at the key it took from elsewhere."""
    return type(error)(_rooted(problem, fit) for problem in error.problems)


def _rooted(problem: Problem, fit: FitPlan) -> Problem:
    if problem.path and str(problem.path[0]) in fit.origins:
        origin = fit.origins[str(problem.path[0])]
        return replace(problem, path=(*origin, *problem.path[1:]))
    return problem.under(*fit.path)


def _located(problem: Problem, plan: Plan) -> Problem:
    if problem.place is not None:
        return problem
    if problem.key:
        return problem.at(locate_key(plan.source, problem.path))
    return problem.at(locate(plan.source, problem.path, problem.offset, problem.length))
