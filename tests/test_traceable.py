"""Every number that a reader of the PDF sees in a table is one that results.json accounts for."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from reportgen.cli import main

pypdf = pytest.importorskip("pypdf", reason="pypdf reads the PDF")

NUMBER = re.compile(r"<?\u2212?\d(?:[\d,]*\d)?(?:\.\d+)?")
Z = 1.959963984540054
SHOWN = ("alike[", "invest_")
"""The models that the tables about models show, by the beginning of their names."""


@pytest.fixture(scope="module")
def report(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The example of the README as PDF."""
    out = tmp_path_factory.mktemp("report")
    spec = root / "specs" / "grunfeld.yaml"
    assert main(["build", str(spec), "--out", str(out), "--formats", "pdf"]) == 0
    return pypdf.PdfReader(out / "grunfeld" / "report.pdf")


@pytest.fixture(scope="module")
def results(report: Any) -> Any:
    """The record that the PDF has inside."""
    return json.loads(report.attachments["results.json"][0])


@pytest.fixture(scope="module")
def text(report: Any) -> str:
    """The words of all pages, with single blanks."""
    return " ".join(" ".join(page.extract_text() for page in report.pages).split())


def inside(report: Any, kind: str) -> list[list[str]]:
    """The rows of the first table of a kind, as the PDF has them inside."""
    content = report.attachments[name_of(report, kind)][0].decode()
    return list(csv.reader(io.StringIO(content)))


def name_of(report: Any, kind: str) -> str:
    """The file of the first table of a kind."""
    return next(name for name in report.attachments if re.fullmatch(rf"\d+-{kind}\.csv", name))


def numbers(report: Any, text: str, kind: str) -> list[str]:
    """The numbers of a table in the text of the pages, between its caption and its note, without
    those of its labels.
    """
    number = int(name_of(report, kind).partition("-")[0])
    text = re.search(rf"Table {number}\. (.*?) Note\.", text)[1]  # type: ignore[index]
    rows = inside(report, kind)
    labels = {cell for row in rows for cell in row[:2] if cell} | {
        "95%",
        "(million 1947 dollars)",
        "(100 million dollars)",
    }
    for label in sorted(labels, key=len, reverse=True):
        text = text.replace(label, " ")
    return NUMBER.findall(text)


def leaves(data: Any) -> Iterator[float]:
    if isinstance(data, dict):
        for each in data.values():
            yield from leaves(each)
    elif isinstance(data, (int, float)) and not isinstance(data, bool):
        yield data


def written(value: float) -> set[str]:
    """A number at every count of decimals that a table may have, rounded half away from zero."""
    texts = {"<0.001"} if 0 <= value < 0.001 else set()
    for decimals in range(5):
        rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        texts.add(f"{rounded:,.{decimals}f}".replace("-", "\u2212"))
    return texts


def derived(models: dict[str, Any]) -> Iterator[float]:
    """What the tables make of the numbers of results.json, by the formulas of their notes."""
    ols = models["invest_ols"]["coef"]
    for model in models.values():
        for name, coef in model["coef"].items():
            if name in ols and model is not models["invest_ols"]:
                yield coef["se"] / ols[name]["se"]
        if model["icc"] is not None:
            yield 1 + (model["group_size"]["mean"] - 1) * model["icc"]
        for component in model["variance"].values():
            half = Z * component["se"] / component["var"]
            yield from (component["var"] * math.exp(half), component["var"] * math.exp(-half))
        for effects in model["random_effects"].values():
            for effect in effects.values():
                yield from (effect["estimate"] + sign * Z * effect["se"] for sign in (-1, 1))


@pytest.fixture(scope="module")
def known(report: Any, results: Any) -> set[str]:
    """Every way to write a number of the models shown, or one that follows from them."""
    models = {name: each for name, each in results["models"].items() if name.startswith(SHOWN)}
    values = [*leaves(models), *derived(models)]
    # The error of a residual variance is no part of the contract; the tables inside have it.
    residual = (row for row in inside(report, "model") if row[1] == "Variance: residual")
    values += [float(cell) for row in residual for cell in row[2:] if cell]
    return {text for value in values for text in written(value)}


@pytest.mark.parametrize("kind", ["icc", "compare", "model", "ranef"])
def test_every_number_of_a_table_is_accounted_for(
    kind: str, report: Any, text: str, known: set[str]
) -> None:
    """Each is a value of results.json, rounded, or follows from some by a formula of the notes."""
    found = numbers(report, text, kind)
    assert len(found) >= 15
    assert [each for each in found if each not in known] == []


def test_a_number_that_is_not_would_be_found(report: Any, text: str, known: set[str]) -> None:
    """A digit that is off by one is nearly always no other number of the report."""
    digits = [each for each in numbers(report, text, "compare") if len(each) > 3]
    assert len(digits) > 20
    changed = [each[:-1] + str((int(each[-1]) + 1) % 10) for each in digits]
    assert sum(each in known for each in changed) < 0.3 * len(changed)


def test_descriptions_are_those_of_the_table_inside(report: Any, text: str) -> None:
    """What describes the people is no fit: it is accounted for by the table in the PDF."""
    values = [float(cell) for row in inside(report, "describe")[1:] for cell in row[2:] if cell]
    accounted = {text for value in values for text in written(value)}
    found = [each for each in numbers(report, text, "describe") if each not in ("1", "3", "220")]
    assert len(found) >= 6
    assert [each for each in found if each not in accounted] == []
