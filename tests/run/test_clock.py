import pytest

from reportgen.core.errors import UsageError
from reportgen.run.clock import created


def test_the_epoch_of_the_environment_beats_everything():
    """SOURCE_DATE_EPOCH is seconds since 1970 in UTC."""
    assert created({"SOURCE_DATE_EPOCH": "86400"}, "2026-11-23") == "1970-01-02T00:00:00Z"


def test_the_date_of_the_spec_beats_the_clock():
    """A spec that says when it was made is built as of that day."""
    assert created({}, "2026-11-23") == "2026-11-23T00:00:00Z"


def test_a_date_in_words_leaves_the_clock():
    """“Spring 2026” is a date for readers; the time is then the clock's."""
    assert created({}, "Spring 2026").endswith("Z")


def test_an_epoch_that_is_no_number_is_refused():
    """A mistyped SOURCE_DATE_EPOCH would silently make builds differ."""
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        created({"SOURCE_DATE_EPOCH": "yesterday"}, "")
