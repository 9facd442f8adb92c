"""`table: describe` — who was analysed: the first table of a paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Literal

from reportgen.blocks.abbreviations import abbreviated
from reportgen.blocks.labels import joined, lowered, variable_text
from reportgen.blocks.selection import answer
from reportgen.blocks.tables.characteristics import Average, Characteristic, Shown
from reportgen.core import numbers
from reportgen.core.contracts import Request
from reportgen.core.dataclass import dataclass
from reportgen.core.description import Difference, Summary
from reportgen.core.document import Column as Head
from reportgen.core.document import Context, RowBlock, Table
from reportgen.core.errors import Problem
from reportgen.core.options import BlockOptions, DatasetName, dataset, option
from reportgen.core.options import Column as ColumnName
from reportgen.core.types import Facts, Result, Variable
from reportgen.core.words import Words


class Describe:
    """Means, medians and counts of columns, overall and by group."""

    observes: ClassVar[bool] = False
    sampled: ClassVar[bool] = True

    @dataclass(frozen=True, kw_only=True)
    class Options(BlockOptions):
        """Keys of `table: describe`."""

        data: DatasetName = dataset()
        columns: tuple[ColumnName, ...] = option(doc="The columns described, in this order.")
        by: ColumnName | None = option(None, doc="A column whose levels stand side by side.")
        overall: bool = option(True, doc="A column for everybody beside the groups.")
        numeric: Average | dict[str, Average] = option(
            "auto",
            doc="Mean (SD) or median (Q1, Q3); `auto`: the median where a distribution is skewed. "
            "A mapping says it for single columns: `{income: median}`.",
        )
        missing: Literal["auto", "always", "never"] = option(
            "auto", doc="A row with the count of missing values; `auto`: where there are any."
        )
        smd: bool = option(
            False, doc="A column with the standardised difference between the groups of `by`."
        )
        p: bool = option(
            False,
            doc="A column with a test for each row: Welch’s test of means, Kruskal–Wallis test "
            "where medians are shown, χ² or Fisher’s exact test of counts; with `weights` their "
            "counterparts by the design of the sample.",
        )
        spread: Literal["sd", "se"] = option(
            "sd", doc="What stands behind means: the standard deviation, or (`se`) the standard "
            "error, behind percentages too, linearised by the design of the sample.",
        )  # fmt: skip
        counts: Literal["rows", "weighted"] = option(
            "rows", doc="Counts of rows, or of the people whom `weights` say that they stand for."
        )
        weights: ColumnName | None = option(
            None,
            doc="Weights of rows for means, quartiles and percentages. Where no key of a design is "
            "written here it is that of the dataset; `null` takes it away.",
        )
        strata: ColumnName | None = option(
            None, doc="The strata that weighted rows were drawn in; for `p` and `spread: se`."
        )
        psu: ColumnName | None = option(None, doc="The first-stage sampling units within them.")
        fpc: ColumnName | None = option(None, doc="Finite population correction, as in `survey`.")
        nest: bool = option(True, doc="Ids of sampling units begin anew in each stratum.")
        lonely: Literal["fail", "remove", "adjust", "average", "certainty"] = option(
            "fail", doc="What to do with a stratum of one sampling unit, as in `survey`."
        )

    def check(self, options: Options) -> Iterable[Problem]:
        """A table without columns, comparisons of nothing, a design without weights."""
        if not options.columns:
            yield Problem("no-columns", "`table: describe` needs `columns`", ("columns",))
        for key in ("smd", "p"):
            if getattr(options, key) and options.by is None:
                yield Problem("no-groups", f"`{key}` compares groups: it needs `by`", (key,))
        for key in ("strata", "psu"):
            if getattr(options, key) and not options.weights:
                message = f"`{key}` tells how weighted rows were drawn: it needs `weights`"
                yield Problem("no-weights-design", message, (key,))
        if options.counts == "weighted" and (not options.weights or options.spread == "se"):
            message = (
                "`spread: se` shows percentages with their standard errors, and no counts"
                if options.weights
                else "`counts: weighted` needs `weights`, or a dataset with a `design`"
            )
            yield Problem("no-weighted-counts", message, ("counts",))
        if isinstance(options.numeric, dict):
            for name in options.numeric:
                if name not in options.columns:
                    message = f"`{name}` is not among the `columns` described"
                    yield Problem("not-described", message, ("numeric", name), key=True)

    def requests(self, options: Options, context: Context) -> dict[str, Request]:
        """The summaries of the columns."""
        asked = {
            "columns": options.columns, "by": options.by, "weights": options.weights,
            "strata": options.strata, "psu": options.psu, "lonely": options.lonely,
            "fpc": options.fpc, "nest": options.nest, "compare": options.smd or options.p,
            "errors": options.spread == "se",
        }  # fmt: skip
        return {"summaries": Request("describe", asked, data=options.data)}

    def build(self, options: Options, context: Context) -> Table:
        """The table, from the summaries. FitError where they could not be computed."""
        words, facts = context.words, context.datasets[options.data]
        rows = _characteristics(options, facts, answer(context, "summaries", "data"), words)
        table = Table(
            kind="describe",
            columns=tuple(_heads(options, rows[0], facts, words)),
            blocks=(RowBlock(tuple(row for each in rows for row in each.rows())),),
            caption=options.caption or _caption(options, facts, words),
            stub=words("describe.stub"),
            notes=(
                *((options.note,) if options.note else ()),
                words(_note(options)),
                *_error_note(options, words),
                *_without_group(options, rows[0], facts, words),
                *_difference_notes(options, rows, words),
            ),
        )
        return abbreviated(table, words)


def _characteristics(
    options: Describe.Options, facts: Facts, computed: Result, words: Words
) -> tuple[Characteristic, ...]:
    """What is known of each column, in order."""
    summaries: dict[str, dict[str, Summary]] = {}
    for each in computed.summaries:
        summaries.setdefault(each.variable, {})[each.group] = each
    differences = {each.variable: each for each in computed.differences}
    groups = [group for group in summaries[options.columns[0]] if group]
    everybody = [""] if options.overall or options.by is None else []
    shown = Shown(
        (*everybody, *groups), options.by, options.missing, options.spread, options.counts,
        smd=options.smd, p=options.p,
    )  # fmt: skip
    numeric = options.numeric if isinstance(options.numeric, dict) else {}
    otherwise: Average = "auto" if isinstance(options.numeric, dict) else options.numeric
    return tuple(
        Characteristic(
            _variable(facts, name),
            summaries[name],
            differences.get(name, Difference(name)),
            numeric.get(name, otherwise),
            shown,
            words,
        )
        for name in options.columns
    )


def _note(options: Describe.Options) -> str:
    """The key of the sentence that says what the numbers are."""
    if options.counts == "weighted":
        return "describe.note_weighted_counts"
    weighted = "_weighted" if options.weights else ""
    return f"describe.note{weighted}{'_se' if options.spread == 'se' else ''}"


def _error_note(options: Describe.Options, words: Words) -> Iterator[str]:
    """What standard errors rest on."""
    if options.spread == "se":
        designed = options.strata or options.psu or options.fpc
        weights = "_weights" if options.weights else "_rows"
        yield words(f"describe.note_se{'_design' if designed else weights}")


def _variable(facts: Facts, name: str) -> Variable:
    return facts.variables.get(name) or Variable(name, name)


def _heads(
    options: Describe.Options, first: Characteristic, facts: Facts, words: Words
) -> Iterator[Head]:
    """A column for everybody and for each group, with its size; then the differences."""
    for group in first.shown.groups:
        n = numbers.count(_size(first, group))
        if options.by is None:
            yield Head(words("describe.all", n=n))
        else:
            name = _variable(facts, options.by).show(group) if group else words("describe.overall")
            yield Head(words("describe.head", name=name, n=n))
    if options.smd:
        yield Head(words("describe.smd"), "smd")
    if options.p:
        yield Head(words("column.p"), "p")


def _size(first: Characteristic, group: str) -> int:
    return first.groups[group].n + first.groups[group].missing


def _caption(options: Describe.Options, facts: Facts, words: Words) -> str:
    if options.by is None:
        return words("describe.caption")
    by = lowered(variable_text(_variable(facts, options.by)))
    return words("describe.caption_by", by=by)


def _without_group(
    options: Describe.Options, first: Characteristic, facts: Facts, words: Words
) -> Iterator[str]:
    """How many rows are in no group, for want of a value of the column that makes them."""
    if options.by is None:
        return
    grouped = sum(_size(first, group) for group in first.groups if group)
    rest = _size(first, "") - grouped
    if rest:
        by = lowered(variable_text(_variable(facts, options.by)))
        yield words("describe.no_group", count=numbers.count(rest), by=by)


def _difference_notes(
    options: Describe.Options, rows: Sequence[Characteristic], words: Words
) -> Iterator[str]:
    """What the differences and the tests are."""
    if options.smd:
        pairs = sum(1 for group in rows[0].groups if group) > 2
        yield words("describe.note_smd_pairs" if pairs else "describe.note_smd")
    tests = dict.fromkeys(row.test.name for row in rows if row.test) if options.p else {}
    if tests:
        names = joined([words(f"describe.test_{name}") for name in tests], words)
        weighed = "note_p_design" if options.psu or options.strata else "note_p_weights"
        key = weighed if options.weights else "note_p"
        yield words(f"describe.{key}", tests=names)
