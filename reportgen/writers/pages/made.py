"""What a page says about itself: the line under the title, the foot, and how it was made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reportgen.core.digest import digest
from reportgen.core.document import Document
from reportgen.core.numbers import count
from reportgen.core.types import Note
from reportgen.core.words import Words

SHORT = 8
COMMIT = 7
"""Characters of a digest where it is only a reminder; the last page has it whole."""


def written_date(text: str, words: Words) -> str:
    """An ISO date in the words of the language; any other text ("Spring 2026") as it is."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    months = words("document.months").split()
    number = words("document.first_day") if day.day == 1 else day.day
    return words("document.date", day=number, month=months[day.month - 1], year=day.year)


def title_line(document: Document, words: Words, origin: str) -> tuple[str, ...]:
    """When, who was analysed, and where the report comes from (`origin`)."""
    when = written_date(document.date or document.build.created, words)
    who = (*_observations(document, words), *_clusters(document, words))
    return tuple(item for item in (when, words("list.comma").join(who), origin) if item)


def foot(document: Document, words: Words) -> str:
    """The foot of every page: spec, commit, data."""
    build = document.build
    items = [build.spec_name]
    if build.git:
        items.append(build.git[:COMMIT])
    if document.datasets:
        items.append(words("document.data_digest", digest=data_digest(document)[:SHORT]))
    return words("document.separator").join(items)


def data_digest(document: Document) -> str:
    """One digest for all data: that of the only dataset, or of all of them by name."""
    digests = {name: facts.sha256 for name, facts in document.datasets.items()}
    return next(iter(digests.values())) if len(digests) == 1 else digest(digests)


def alerts(document: Document, words: Words) -> tuple[str, ...]:
    """What a reader must know before the first number: claims that fail, models without a fit."""
    found = []
    fails = sum(not claim.holds for claim in document.claims)
    if fails:
        name = "document.claim_fails" if fails == 1 else "document.claims_fail"
        found.append(words(name, fails=count(fails), all=count(len(document.claims))))
    failed = [m.label or m.id for m in document.models.values() if m.result.status == "failed"]
    if failed:
        found.append(words("document.fits_fail", models=words("list.comma").join(failed)))
    return tuple(found)


def how_made(document: Document, words: Words) -> tuple[tuple[str, str], ...]:
    """The facts of the last page as (what, value), those that are known."""
    build = document.build
    spec = words("made.spec_value", label=build.spec_name, digest=build.spec_sha256)
    rows = [
        (words("made.spec"), spec),
        (words("made.commit"), build.git or ""),
        (words("made.created"), build.created),
        *_data(document, words),
        (words("made.models"), _models(document, words)),
        (words("made.findings"), count(sum(1 for _ in _findings(document)))),
        (words("made.results"), _digest(build.results_digest, words)),
        (words("made.params"), _settings(build.params.items(), words)),
        (words("made.seeds"), _settings(build.seeds.items(), words)),
        (words("made.versions"), _versions(document, words)),
    ]
    return tuple((name, value) for name, value in rows if value)


def _observations(document: Document, words: Words) -> list[str]:
    named = len(document.datasets) > 1
    texts = []
    for facts in document.datasets.values():
        one = "document.one_observation" if facts.n == 1 else "document.observations"
        text = words(one, count=count(facts.n))
        if named:
            text = words("document.of_dataset", label=facts.name, observations=text)
        texts.append(text)
    return texts


def _clusters(document: Document, words: Words) -> list[str]:
    """How many clusters there are, where all models of the report have the same number."""
    numbers = {model.result.n_groups for model in document.models.values()} - {None}
    if len(numbers) != 1 or len(document.datasets) != 1:
        return []
    return [words("document.clusters", count=count(number)) for number in numbers if number]


def _data(document: Document, words: Words) -> list[tuple[str, str]]:
    return [
        (
            words("made.data", label=name),
            words(
                "made.data_value",
                used=count(facts.n),
                read=count(facts.rows_read),
                digest=facts.sha256,
            ),
        )
        for name, facts in document.datasets.items()
    ]


def _models(document: Document, words: Words) -> str:
    failed = sum(model.result.status == "failed" for model in document.models.values())
    fitted = count(len(document.models) - failed)
    return words("made.models_value", fitted=fitted, failed=count(failed))


def _findings(document: Document) -> Iterable[Note]:
    sources = [model.result.notes for model in document.models.values()]
    sources += [facts.notes for facts in document.datasets.values()]
    return (note for notes in sources for note in notes if note.level != "info")


def _digest(value: str, words: Words) -> str:
    return words("made.results_value", digest=value) if value else ""


def _settings(items: Iterable[tuple[str, object]], words: Words) -> str:
    return words("list.comma").join(
        words("made.setting", label=name, value=value) for name, value in items
    )


def _versions(document: Document, words: Words) -> str:
    return words("list.comma").join(
        words("made.version", label=name, version=version)
        for name, version in document.build.versions.items()
    )
