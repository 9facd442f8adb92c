"""What was answered, as a page for readers, and what the README quotes of it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from measure import CLOCK, power

from reportgen.core.dataclass import dataclass

Answer = dict[str, Any]
"""A `measure.Answer` as it comes back from JSON."""

MET = {None: "", True: "met", False: "**missed**"}
CHAPTER = re.compile(r"(?<=^## How long it takes\n\n).*?(?=^## )", re.MULTILINE | re.DOTALL)
"""What `quoted` stands for in the README."""

MOST_NAMED = 2
"""So many missed targets are named in the README."""


@dataclass(frozen=True)
class Target:
    """A line of the page's first table: what is compared with what, and as what it came out."""

    what: str
    against: str
    target: str
    measured: str
    met: bool


def page(head: str, answers: Mapping[str, Answer | None], images: Mapping[str, str]) -> str:
    """The page: a table of all targets, then a section for each script by its name. A script
    without an answer is named; `images` holds a plot's words by its name, and its file is named so.
    """
    asked = {name: answer for name, answer in answers.items() if answer}
    missing = [
        f"`benchmarks/{name}.py` was not run to its end, and has no numbers here.\n"
        for name in answers
        if name not in asked
    ]
    parts = [head, _summary(asked.values()), *missing]
    parts += [_section(answer, images) for answer in asked.values()]
    return "\n".join(parts)


def _summary(answers: Sequence[Answer]) -> str:
    lines = []
    for answer in answers:
        rows = [row for row in (*answer["rows"], *answer["growth"]) if row["target"]]
        if rows:
            lines.append([f"**{answer['title']}**", "", "", "", ""])
        for row in rows:
            measured = row["ratio"] or f"{row['seconds']:.3g} s"
            lines.append([row["what"], row["against"], row["target"], measured, MET[row["met"]]])
    missed = sum(line[-1] == MET[False] for line in lines)
    count = sum(line[2] != "" for line in lines)
    return (
        f"## Targets\n\nOf {count} targets {_count(missed)} missed. A ratio is of the time taken to that of "
        "what it is compared with; after “faster than” it is the other way round.\n\n"
        + _table(["what", "compared with", "target", "measured", ""], lines)
    )


def _count(missed: int) -> str:
    return {0: "none is", 1: "one is"}.get(missed, f"{missed} are")


def _section(answer: Answer, images: Mapping[str, str]) -> str:
    parts = [f"## {answer['title']}\n"]
    if answer["about"]:
        parts.append(f"{_filled(answer['about'])}\n")
    if answer["table"]:
        header, *lines = answer["table"]
        parts.append(_table(header, lines))
    elif answer["rows"]:
        parts.append(_rows(answer["rows"]))
    for name, plot in answer["plots"].items():
        parts.append(f"![{images[name]}](images/growth-{name}.svg)\n")
        parts.append(_curves(plot))
    parts += [f"{_filled(each.strip())}\n" for each in answer["said"]]
    return "\n".join(parts)


def _rows(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as they are, without the columns that say nothing."""
    header = ["what", "seconds", "ratio", "compared with", "target", ""]
    lines = [
        [row["what"], "" if row["seconds"] is None else f"{row['seconds']:.3g}", row["ratio"],
         row["against"], row["target"], MET[row["met"]]]
        for row in rows
    ]  # fmt: skip
    shown = [0, *(each for each in range(1, len(header)) if any(line[each] for line in lines))]
    return _table(
        [header[each] for each in shown], [[line[each] for each in shown] for line in lines]
    )


def _curves(plot: dict[str, Any]) -> str:
    """The numbers of a plot: a line for each curve, a column for each size."""
    sizes = sorted(
        {x for panel in plot["panels"] for curve in panel["curves"].values() for x, _ in curve}
    )
    lines = []
    for panel in plot["panels"]:
        name = f"{panel['title']}: {panel['unit']}".removeprefix(": ")
        lines.append([f"**{name}**", *("" for _ in sizes), ""])
        for curve, points in panel["curves"].items():
            known = dict(map(tuple, points))
            grows = panel["unit"] != CLOCK and len(points) > 1
            lines.append([curve, *(number(known[x]) if x in known else "–" for x in sizes),
                          f"size^{power(points):.2f}" if grows else ""])  # fmt: skip
    return _table([plot["x"], *(f"{x:,.0f}" for x in sizes), "growth"], lines)


def number(value: float) -> str:
    """A number of a plot, in words and in its table."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    words = ("", "what", "compared with", "model", "data", "target")
    rule = ["---" if name in words or not place else "---:" for place, name in enumerate(header)]
    return "".join(f"| {' | '.join(line)} |\n" for line in (header, rule, *lines))


def _filled(text: str) -> str:
    return textwrap.fill(text, 110, break_long_words=False, break_on_hyphens=False)


def targets(text: str) -> list[Target]:
    """The first table of a page."""
    _, _, chapter = text.partition("\n## Targets\n")
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in chapter.partition("\n## ")[0].splitlines()
        if line.startswith("| ")
    ]
    return [
        Target(*line[:4], met=line[4] == MET[True])
        for line in cells
        if len(line) == 5 and line[4] in (MET[True], MET[False])
    ]


def quoted(text: str) -> str:
    """What the README says of a page, in its numbers. KeyError where the page lacks one of them."""
    found = targets(text)
    by = {(each.what, each.against): each.measured.removesuffix(" ×") for each in found}
    html, both, script = "HTML, no cache", "HTML and PDF, no cache", "the script"
    peers = [
        f"{by[html, peer]} times that of {made}"
        for peer, made in (
            ("the notebook", "the script as a notebook"),
            ("R Markdown", "R Markdown"),
        )
        if (html, peer) in by
    ]
    beside = f", {' and '.join(peers)}" if peers else ""
    same = max(
        (
            by[f"{name}, nothing changed", "the same without cache"]
            for name in ("HTML", "HTML and PDF")
        ),
        key=float,
    )
    fitted = {
        (model, peer): by[f"{model}, 50,000 rows: faster than", peer]
        for model, peer in (
            ("random intercept", "statsmodels"), ("random intercept", "lme4"),
            ("GEE exchangeable", "statsmodels"), ("GEE exchangeable", "geepack"),
        )
    }  # fmt: skip
    said = (
        f"The case study (25 models, 4 figures) becomes HTML in {by[html, script]} times the processor time of a "
        f"statsmodels script that only prints{beside}; in {by[f'{html}, `--engine fast`', script]} times the "
        f"script's with `--engine fast`, in {by[both, script]} times with the PDF; a build in which nothing "
        f"changed takes {same} of that or less. At 50,000 rows in 1,000 clusters a random intercept is fitted "
        f"{fitted['random intercept', 'statsmodels']} times as fast as by statsmodels and "
        f"{fitted['random intercept', 'lme4']} times as fast as by lme4, an exchangeable GEE "
        f"{fitted['GEE exchangeable', 'statsmodels']} times as fast as by statsmodels and "
        f"{fitted['GEE exchangeable', 'geepack']} times as fast as by geepack. Ten million rows are fitted a "
        "block at a time, and many reports by many processes (`--jobs`) or machines (`--scheduler`)."
    )
    return f"{_wide(said)}\n\n{_wide(_verdict(found))}\n\n"


def _verdict(found: Sequence[Target]) -> str:
    """All targets in a sentence, with those that were missed by name, unless they are many."""
    missed = [each for each in found if not each.met]
    measured = "[All measurements](docs/benchmarks.md) are made by `make bench`."
    if not missed:
        return f"{measured} Each of their {len(found)} targets is met."
    said = f"{measured} Of their {len(found)} targets {_count(len(missed))} missed"
    if len(missed) > MOST_NAMED:
        return f"{said}, and marked so in [the first table](docs/benchmarks.md#targets)."
    named = "; ".join(f"{_named(each)} ({each.measured}, wanted {each.target})" for each in missed)
    return f"{said}: {named}."


def _named(target: Target) -> str:
    """What is compared, with what."""
    if not target.against or target.what.endswith("than"):
        return f"{target.what} {target.against}".strip()
    return f"{target.what}, against {target.against}"


def _wide(text: str) -> str:
    return textwrap.fill(text, 125, break_long_words=False, break_on_hyphens=False)
