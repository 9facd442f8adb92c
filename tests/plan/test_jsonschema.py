"""The JSON Schema: what builds is right by it, and what is misspelt is not."""

from __future__ import annotations

import copy

import jsonschema
import pytest

from reportgen.plan.build import plan
from reportgen.plan.jsonschema import schema, schema_of
from reportgen.plan.source import load


@pytest.fixture(scope="module", params=["grunfeld", "nhanes"])
def source(request, root):
    return load(root / "specs" / f"{request.param}.yaml")


@pytest.fixture(scope="module")
def validator():
    made = schema()
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


def test_what_builds_is_right_by_the_schema(source, validator):
    """Every spec of the repository is valid as an editor sees it."""
    assert [error.message for error in validator.iter_errors(source.data)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("titel",), "x"), (("output", "format"), ["pdf"]), (("report", 0), {"tabel": "icc"}),
        (("report", 0), {"table": "icc", "modles": ["a"]}), (("datasets", "x"), {"sorce": "a.csv"}),
    ],
)  # fmt: skip
def test_what_is_misspelt_is_not(source, validator, path, value):
    """An unknown key is underlined while it is typed."""
    data = copy.deepcopy(source.data)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert list(validator.iter_errors(data))


def test_every_key_says_what_it_means():
    """What an editor shows beside a key is its description."""
    undescribed = [path for path, each in keys(schema()) if "description" not in each]
    named = {path.rsplit(".", 1)[-1] for path in undescribed}
    verbs = {"section", "subsection", "text", "page_break", "claim", "table", "plot", "kind"}
    assert named <= verbs | {"datasets", "models", "report", "output", "brand", "defaults",
                             "columns", "sample", "recodes", "join", "design"}  # fmt: skip


def keys(node, path=""):
    """Every property of a schema with its path."""
    if isinstance(node, dict):
        for name, each in node.get("properties", {}).items():
            yield f"{path}.{name}", each
        for key, each in node.items():
            yield from keys(each, f"{path}.{key}")
    elif isinstance(node, list):
        for each in node:
            yield from keys(each, path)


def test_a_spec_offers_its_own_names(root):
    """Columns, models and datasets of the spec are choices where they may stand."""
    made = schema_of(plan(load(root / "specs" / "nhanes.yaml"), {}))
    text = str(made)
    for name in ("BPXSY1", "noise_3", "sbp_gee", "icc[BMXBMI]"):
        assert f"'{name}'" in text
    data = load(root / "specs" / "nhanes.yaml").data
    assert list(jsonschema.Draft202012Validator(made).iter_errors(data)) == []
