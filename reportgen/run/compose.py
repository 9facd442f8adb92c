"""The document: every block of the plan, made from Results, in the order of the spec."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reportgen.blocks.plots.figure import pictures
from reportgen.blocks.statements import sentence
from reportgen.blocks.statements.asked import Manner
from reportgen.core.dataclass import dataclass
from reportgen.core.digest import digest
from reportgen.core.document import (
    Build,
    Claim,
    Context,
    Document,
    Figure,
    Heading,
    PageBreak,
    Part,
    Table,
    Text,
)
from reportgen.core.errors import DocumentError, FitError, Problem, ReportgenError
from reportgen.core.limits import most, raising
from reportgen.core.numbers import conventions
from reportgen.core.record import store
from reportgen.core.types import Facts, Model, Result
from reportgen.core.words import Words, load, writing
from reportgen.plan.types import BlockPlan, Plan
from reportgen.run.kept.cache import Cache
from reportgen.run.locate import located
from reportgen.run.requests import REGISTERS, Answers
from reportgen.run.wording import said_in, worded, worded_results
from reportgen.writers import WRITERS
from reportgen.writers.texts import footnotes, prose


@dataclass(frozen=True)
class Composer:
    """What all blocks of one report share."""

    plan: Plan
    context: Context
    answers: Answers
    values: Mapping[str, Any]
    refs: Mapping[str, str]
    cache: Cache
    rests_on: str | None
    pictures: bool = False

    def part(self, block: BlockPlan) -> Part:
        """One block, made. Errors know their place in the spec."""
        try:
            return self._made(block)
        except ReportgenError as error:
            written = (block.verb,) if block.verb in ("text", "claim") else ()
            raise located(error.under(*block.path, *written), self.plan) from error

    def text(self, source: str) -> str:
        """Prose with its values put in."""
        return prose.render(source, self.values, self.refs, self.context.words, self.say)

    def say(self, name: str, manner: Mapping[str, Any]) -> str | None:
        """The sentence about a number of a model."""
        return sentence(name, Manner(**manner), self.context)

    def abstract(self) -> str:
        """The abstract. Errors know their place in the spec."""
        try:
            return self.text(self.plan.abstract)
        except ReportgenError as error:
            raise located(error.under("abstract"), self.plan) from error

    def _made(self, block: BlockPlan) -> Part:
        match block.verb:
            case "section":
                return Heading(1, block.object)
            case "subsection":
                return Heading(2, block.object)
            case "text":
                return Text(self.text(block.object))
            case "claim":
                return self._claim(block)
            case "page_break":
                return PageBreak()
        return self._shown(block)

    def _claim(self, block: BlockPlan) -> Claim:
        try:
            holds, shown = prose.judge(block.options.that, self.values, self.context.words)
        except ReportgenError as error:
            raise located(error.under(*block.path, "that"), self.plan) from error
        line = self.plan.place(block.path).line
        return Claim(self.text(block.object), holds, shown, line)

    def _shown(self, block: BlockPlan) -> Table | Figure | Text:
        kind = REGISTERS[block.verb].load(block.object)
        found = self.answers.get(block.path, {})
        answers = worded_results(found, self.context)
        context = self.context.with_computed(answers)
        try:
            key = self._key(block, answers)
            made = self._drawn(key) or self._build(kind, block, context)
            self._bounded(block, made)
            self._keep(key, made)
        except FitError as error:
            # The model failed: the report says so where the table or figure would stand.
            first = error.problems[0]
            reason = prose.escape(said_in(first.said or first.message, self.context))
            return Text(f"*{context.words('common.left_out', reason=reason)}*")
        return replace(made, id=block.options.id or "")

    def _build(self, kind: Any, block: BlockPlan, context: Context) -> Table | Figure:
        """The block, a figure with its picture where a format needs that."""
        with pictures(wanted=self.pictures) as taken:
            made: Table | Figure = kind.build(block.options, context)
        if isinstance(made, Figure) and taken:
            return replace(made, png=b64encode(taken[-1]).decode())
        return made

    def _bounded(self, block: BlockPlan, made: Table | Figure) -> None:
        """DocumentError for a table that no page could hold."""
        rows = sum(len(part.rows) for part in made.blocks) if isinstance(made, Table) else 0
        cells = rows * len(made.columns)
        if cells > most("table-cells"):
            message = f"a table of {cells:,} cells is larger than {most('table-cells'):,}"
            problem = Problem(
                "large-table", message, block.path,
                help=f"show fewer models, levels or clusters; {raising('table-cells')}",
            )  # fmt: skip
            raise located(DocumentError(problem), self.plan)

    def _drawn(self, key: str | None) -> Figure | None:
        """The figure as an earlier build drew it from the very same things."""
        return self.cache.get("figure", key, Figure) if key else None

    def _keep(self, key: str | None, made: Table | Figure) -> None:
        if key and isinstance(made, Figure):
            self.cache.put("figure", key, made)

    def _key(self, block: BlockPlan, answers: Mapping[str, Result]) -> str | None:
        if block.verb != "plot" or self.rests_on is None:
            return None
        return digest([block.object, block.options, answers, self.rests_on])


def context_of(plan: Plan, facts: Mapping[str, Facts], models: Mapping[str, Model]) -> Context:
    """What every block of the report may know."""
    return Context(models, facts, load(plan.lang))


def compose(
    plan: Plan, context: Context, answers: Answers, build: Build, *, cache: Cache, rests_on: Any
) -> Document:
    """The whole report as a Document; `answers` are what its blocks asked for, `rests_on` is what
    its models and datasets depend on, None where that is not known.
    """
    models, datasets, words = context.models, context.datasets, context.words
    refs, rests_on = references(plan.blocks, words), _rests_on(plan, rests_on)
    with conventions(writing(words, str(plan.output.numbers.get("p", "default")))):
        shown = worded(context)
        values = store(shown.models, shown.datasets, plan.params)
        composer = Composer(plan, shown, answers, values, refs, cache, rests_on, _pictures(plan))
        parts = tuple(composer.part(block) for block in plan.blocks)
        abstract, parts = _numbered(composer.abstract(), parts)
    return Document(
        title=plan.title,
        subtitle=plan.subtitle,
        authors=plan.authors,
        date=plan.date,
        lang=plan.lang,
        abstract=abstract,
        build=build,
        parts=parts,
        datasets=datasets,
        models=models,
        claims=tuple(part for part in parts if isinstance(part, Claim)),
        numbers=plan.output.numbers,
        theme=plan.output.theme,
        table_rows=plan.output.table_rows,
        pdf_variant=plan.output.pdf_variant,
    )


def _numbered(abstract: str, parts: tuple[Part, ...]) -> tuple[str, tuple[Part, ...]]:
    """The texts, their footnotes numbered through the report."""
    abstract, count = footnotes.numbered(abstract, 0)
    found: list[Part] = []
    for part in parts:
        if isinstance(part, Text):
            text, count = footnotes.numbered(part.markdown, count)
            found.append(Text(text))
        else:
            found.append(part)
    return abstract, tuple(found)


def _rests_on(plan: Plan, known: Any) -> str | None:
    """The digest, made once for all figures, of what they depend on besides their own options;
    None where that is not known.
    """
    if known is None:
        return None
    labels = {fit.id: [fit.name, fit.label, fit.values] for fit in plan.fits.values()}
    return digest(
        [known, labels, plan.lang, plan.output.theme, plan.output.numbers, _pictures(plan)]
    )


def _pictures(plan: Plan) -> bool:
    """Whether a format that is written needs figures as PNG."""
    return any(getattr(WRITERS.load(name), "pictures", False) for name in plan.output.formats)


def references(blocks: tuple[BlockPlan, ...], words: Words) -> dict[str, str]:
    """What `ref("id")` says: "Table 3" for the third table, counted as the writers count."""
    counts = dict.fromkeys(REGISTERS, 0)
    names = {"table": words("common.table"), "plot": words("common.figure")}
    found: dict[str, str] = {}
    for block in blocks:
        if block.verb in counts:
            counts[block.verb] += 1
            if block.options.id:
                found[block.options.id] = f"{names[block.verb]} {counts[block.verb]}"
    return found
