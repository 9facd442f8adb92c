"""What is laid out on paper is laid out once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.core.document import Build, Document, Heading
from reportgen.plan.types import Output
from reportgen.run.kept.cache import Cache
from reportgen.run.publish import rendering
from reportgen.run.publish.rendering import rendered


@pytest.fixture
def drawn(monkeypatch):
    """How often each format was rendered; the PDF is a few bytes."""
    found = []

    def render(document, formats, name):
        found.extend(formats)
        return {f"{name}.{each}": f"{each} {document.build.created}".encode() for each in formats}

    monkeypatch.setattr(rendering, "render", render)
    return found


def document(title="A report", created="2026-01-01T00:00:00Z"):
    build = Build({}, "spec.yaml", "0" * 64, "", None, created)
    return Document(title, build, (Heading(1, "One"),))


OUTPUT = Output(("html", "pdf"), "default", "report", {})


def test_the_pages_of_a_document_are_kept(tmp_path, drawn):
    """Made again later, it has the time and the bytes that it had."""
    cache = Cache(tmp_path)
    _, first = rendered(document(), OUTPUT, cache, None)
    later = document(created="2026-02-02T00:00:00Z")
    again, second = rendered(later, OUTPUT, cache, None)
    assert drawn == ["html", "pdf", "html"]
    assert second == first
    assert again.build.created == "2026-01-01T00:00:00Z"


def test_another_document_has_pages_of_its_own(tmp_path, drawn):
    """A word that differs lays all out anew."""
    cache = Cache(tmp_path)
    rendered(document(), OUTPUT, cache, None)
    rendered(document(title="Another"), OUTPUT, cache, None)
    assert drawn.count("pdf") == 2


def test_a_time_that_was_set_is_kept_to(tmp_path, drawn):
    """With SOURCE_DATE_EPOCH the time is part of the document."""
    cache = Cache(tmp_path)
    rendered(document(), OUTPUT, cache, "1")
    again, _ = rendered(document(created="2026-02-02T00:00:00Z"), OUTPUT, cache, "2")
    assert drawn.count("pdf") == 2
    assert again.build.created == "2026-02-02T00:00:00Z"


def test_without_pages_on_paper_nothing_is_kept(tmp_path, drawn):
    """HTML is quicker made than found."""
    rendered(document(), replace(OUTPUT, formats=("html",)), Cache(tmp_path), None)
    assert not list(tmp_path.rglob("*.json"))
