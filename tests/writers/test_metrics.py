"""How wide a text is, by the widths kept beside the faces or by the faces themselves."""

from __future__ import annotations

import json

from reportgen.writers.pages.faces import _ALWAYS
from reportgen.writers.tables import metrics


def test_the_widths_that_are_kept_are_those_of_the_typeface() -> None:
    """Of every usual character and of the spaces in numbers; `make faces` renews them."""
    kept = json.loads(metrics._file().read_text(encoding="utf-8"))
    for name, bold in (("semibold", True), ("regular", False)):
        widths = metrics._advances(bold=bold)
        assert kept[name] == {each: widths.get(each, 1.0) for each in _ALWAYS | metrics.SPACES}


def test_a_rare_character_has_the_width_of_the_typeface_too() -> None:
    """Usual ones beside it are as wide as ever; one that no face has is as wide as it is high."""
    widths = metrics._advances(bold=True)
    assert "Ѭ" not in _ALWAYS
    assert metrics.ems("aя") == metrics.ems("a") + widths.get("я", 1.0)
    assert metrics.ems("a\U0001f600") == metrics.ems("a") + 1.0
