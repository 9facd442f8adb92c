"""The JSON Schema of the language, for editors: made from the annotations of every kind."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import MISSING
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from reportgen.blocks import PLOTS, TABLES
from reportgen.core.options import spelled
from reportgen.data import RECODES, SOURCES
from reportgen.data.dataset import ColumnOptions, SampleStep
from reportgen.data.join import JoinKeys
from reportgen.models import MODELS
from reportgen.plan.models import KINDS
from reportgen.plan.schema import ClaimKeys, DatasetKeys, ModelKeys, OutputKeys, Top

Schema = dict[str, Any]


def schema() -> Schema:
    """The whole schema (JSON Schema 2020-12)."""
    top = described(Top)
    top["properties"] |= {
        "reportgen": {"const": 1, "description": "Version of the language."},
        "datasets": {"type": "object", "additionalProperties": dataset()},
        "defaults": {"type": "object", "properties": _model_keys()},
        "models": {"type": "object", "additionalProperties": {"anyOf": list(_models())}},
        "report": {"type": "array", "items": {"anyOf": list(_blocks())}},
        "output": described(OutputKeys),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reportgen",
        "description": "A statistical report of clustered and survey data.",
        **top,
    }


def dataset() -> Schema:
    """A dataset."""
    made = described(DatasetKeys)
    kinds = ("csv", "excel", "url", "sql", "package")  # those whose keys differ
    source = {"anyOf": [
        {"type": "string"}, *(described(SOURCES.load(name).Options) for name in kinds)
    ]}  # fmt: skip
    join = described(JoinKeys)
    join["properties"]["source"] |= source
    column = {"anyOf": [{"type": ["string", "null"]}, described(ColumnOptions)]}
    recodes = [described(RECODES.load(name).Options) for name in RECODES]
    made["properties"] |= {
        "source": {**source, "description": "Where the data come from."},
        "join": {"type": "array", "items": join},
        "columns": {
            "anyOf": [
                {"type": "array", "items": {"type": "string"}},
                {"type": "object", "additionalProperties": column},
            ]
        },
        "sample": {"type": "array", "items": described(SampleStep)},
        "recodes": {
            "type": "object",
            "additionalProperties": {"anyOf": [{"type": "string"}, *recodes]},
        },
    }
    return made


def described(options: type) -> Schema:
    """An Options class as a schema: its keys with their meaning, and nothing else allowed."""
    hints = get_type_hints(options, include_extras=True)
    fields = {spelled(field.name): field for field in dataclasses.fields(options)}
    properties = {
        key: {**typed(hints[field.name]), "description": field.metadata["doc"]}
        for key, field in fields.items()
    }
    needed = [
        key
        for key, field in fields.items()
        if field.default is MISSING and field.default_factory is MISSING
    ]
    return {
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def typed(hint: Any) -> Schema:
    """An annotation as a schema."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return {"anyOf": [typed(each) for each in get_args(hint)]}
    if origin is Literal:
        return {"enum": list(get_args(hint))}
    if origin is tuple:
        inner = typed(get_args(hint)[0])
        return {"anyOf": [inner, {"type": "array", "items": inner}]}
    if origin is dict:
        return {"type": "object", "additionalProperties": typed(get_args(hint)[1])}
    if dataclasses.is_dataclass(hint):
        return described(hint)  # type: ignore[arg-type]
    names = {str: ["string", "number"], int: "integer", float: "number", bool: "boolean"}
    return (
        {"type": names[hint]} if hint in names else {"type": "null"} if hint is type(None) else {}
    )


def _model_keys() -> Schema:
    keys: Schema = dict(described(ModelKeys)["properties"])
    for kind in KINDS:
        keys |= described(MODELS.load(kind).Options)["properties"]
    return keys


def _models() -> Iterable[Schema]:
    """One schema a kind; and one for a model that takes its kind from another."""
    common = described(ModelKeys)["properties"]
    for kind in KINDS:
        own = described(MODELS.load(kind).Options)["properties"]
        yield {
            "type": "object",
            "properties": {**common, **own, "kind": {"const": kind}},
            "required": ["kind"],
            "additionalProperties": False,
        }
    yield {"type": "object", "properties": _model_keys(), "required": ["like"]}


def _blocks() -> Iterable[Schema]:
    for verb in ("section", "subsection", "text"):
        yield _verb(verb, {"type": "string"}, {})
    yield _verb("page_break", {"const": True}, {})
    yield _verb("claim", {"type": "string"}, described(ClaimKeys)["properties"])
    for verb, register in (("table", TABLES), ("plot", PLOTS)):
        for name in register:
            kind = register.load(name)
            made = described(kind.Options)
            block = _verb(verb, {"const": name}, made["properties"])
            yield {**block, "required": [verb, *made["required"]]}


def _verb(verb: str, value: Schema, more: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {verb: value, **more},
        "required": [verb],
        "additionalProperties": False,
    }
