"""The JSON Schema of the language, for editors: made from the annotations of every kind.

With the choices of one spec, the names of its own columns, models and datasets are offered too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, field
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from reportgen.blocks import PLOTS, TABLES
from reportgen.core.dataclass import dataclass
from reportgen.core.options import Mark, spelled
from reportgen.data import RECODES, SOURCES
from reportgen.data.dataset import ColumnOptions, Design, SampleStep
from reportgen.data.join import JoinKeys
from reportgen.data.prepare import columns_of
from reportgen.models import MODELS
from reportgen.plan.models import kinds
from reportgen.plan.schema import BrandKeys, ClaimKeys, DatasetKeys, ModelKeys, OutputKeys, Top
from reportgen.plan.types import Plan

Schema = dict[str, Any]

NAMES = {str: ["string", "number"], int: "integer", float: "number", bool: "boolean"}


def schema() -> Schema:
    """The whole schema (JSON Schema 2020-12)."""
    return Drawing().whole()


def schema_of(plan: Plan) -> Schema:
    """The schema of the language with the names that one spec has: an editor completes them."""
    columns = {name for each in plan.datasets.values() for name in columns_of(each)}
    models = {name for fit in plan.fits.values() for name in (fit.id, fit.name)}
    return Drawing({
        "column": tuple(sorted(columns)),
        "model": tuple(sorted(models)),
        "dataset": tuple(plan.datasets),
    }).whole()  # fmt: skip


@dataclass(frozen=True)
class Drawing:
    """The schema being drawn. `choices`: for each role of a text, the names there are."""

    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def whole(self) -> Schema:
        """Every key of a spec."""
        top = self.described(Top)
        top["properties"] |= {
            "reportgen": {"const": 1, "description": "Version of the language."},
            "datasets": {"type": "object", "additionalProperties": self.dataset()},
            "defaults": {"type": "object", "properties": self._model_keys()},
            "models": {"type": "object", "additionalProperties": {"anyOf": list(self._models())}},
            "report": {"type": "array", "items": {"anyOf": list(self._blocks())}},
            "output": self.described(OutputKeys),
            "brand": self.described(BrandKeys),
        }
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "reportgen",
            "description": "A statistical report of clustered and survey data.",
            **top,
        }

    def dataset(self) -> Schema:
        """A dataset."""
        made = self.described(DatasetKeys)
        kinds = ("csv", "excel", "url", "sql", "package")  # those whose keys differ
        sources = [self.described(SOURCES.load(name).Options) for name in kinds]
        source = {"anyOf": [{"type": "string"}, *sources]}
        join = self.described(JoinKeys)
        join["properties"]["source"] |= source
        column = {"anyOf": [{"type": ["string", "null"]}, self.described(ColumnOptions)]}
        recodes = [self.described(RECODES.load(name).Options) for name in RECODES]
        made["properties"] |= {
            "source": {**source, "description": "Where the data come from."},
            "join": {"type": "array", "items": join},
            "columns": {
                "anyOf": [
                    {"type": "array", "items": {"type": "string"}},
                    {"type": "object", "additionalProperties": column},
                ]
            },
            "sample": {"type": "array", "items": self.described(SampleStep)},
            "design": {"anyOf": [{"type": "null"}, self.described(Design)]},
            "recodes": {
                "type": "object",
                "additionalProperties": {"anyOf": [{"type": "string"}, *recodes]},
            },
        }
        return made

    def described(self, options: type) -> Schema:
        """An Options class as a schema: its keys with their meaning, and nothing else allowed."""
        hints = get_type_hints(options, include_extras=True)
        fields = {spelled(each.name): each for each in dataclasses.fields(options)}
        properties = {
            key: {**self.typed(hints[each.name]), "description": each.metadata["doc"]}
            for key, each in fields.items()
        }
        needed = [
            key
            for key, each in fields.items()
            if each.default is MISSING and each.default_factory is MISSING
        ]
        return {
            "type": "object",
            "properties": properties,
            "required": needed,
            "additionalProperties": False,
        }

    def typed(self, hint: Any) -> Schema:
        """An annotation as a schema."""
        if get_origin(hint) is Annotated:
            return self._marked(hint)
        origin, inner = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            return {"anyOf": [self.typed(each) for each in inner]}
        if origin is Literal:
            return {"enum": list(inner)}
        if origin is tuple:
            item = self.typed(inner[0])
            return {"anyOf": [item, {"type": "array", "items": item}]}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.typed(inner[1])}
        return self._plain(hint)

    def _plain(self, hint: Any) -> Schema:
        if dataclasses.is_dataclass(hint):
            return self.described(hint)  # type: ignore[arg-type]
        if hint is type(None):
            return {"type": "null"}
        return {"type": NAMES[hint]} if hint in NAMES else {}

    def _marked(self, hint: Any) -> Schema:
        """A text that names something: what it may name, where that is known."""
        roles = [mark.role for mark in hint.__metadata__ if isinstance(mark, Mark)]
        plain = self.typed(get_args(hint)[0])
        names = next((self.choices[role] for role in roles if role in self.choices), ())
        return {"anyOf": [{"enum": list(names)}, plain]} if names else plain

    def _model_keys(self) -> Schema:
        keys: Schema = dict(self.described(ModelKeys)["properties"])
        for kind in kinds():
            keys |= self.described(MODELS.load(kind).Options)["properties"]
        return keys

    def _models(self) -> Iterable[Schema]:
        """One schema a kind; and one for a model that takes its kind from another."""
        common = self.described(ModelKeys)["properties"]
        for kind in kinds():
            own = self.described(MODELS.load(kind).Options)["properties"]
            yield {
                "type": "object",
                "properties": {**common, **own, "kind": {"const": kind}},
                "required": ["kind"],
                "additionalProperties": False,
            }
        yield {"type": "object", "properties": self._model_keys(), "required": ["like"]}

    def _blocks(self) -> Iterable[Schema]:
        for verb in ("section", "subsection", "text"):
            yield _verb(verb, {"type": "string"}, {})
        yield _verb("page_break", {"const": True}, {})
        yield _verb("claim", {"type": "string"}, self.described(ClaimKeys)["properties"])
        for verb, register in (("table", TABLES), ("plot", PLOTS)):
            for name in register:
                made = self.described(register.load(name).Options)
                block = _verb(verb, {"const": name}, made["properties"])
                yield {**block, "required": [verb, *made["required"]]}


def _verb(verb: str, value: Schema, more: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {verb: value, **more},
        "required": [verb],
        "additionalProperties": False,
    }
