"""Every reading answers its own examples, in both languages, the same way each time."""

import pytest

from prevenance.conversations import Reading, readings_of

ALL = list(readings_of().values())


@pytest.mark.parametrize("reading", ALL, ids=lambda reading: reading.name)
def test_a_reading_gets_its_examples_right(reading: Reading) -> None:
    assert len(reading.examples) >= 4
    for text, expected in reading.examples:
        heard = reading.read(text)
        assert heard is not None
        assert heard.value == expected, text


@pytest.mark.parametrize("reading", ALL, ids=lambda reading: reading.name)
def test_a_reading_is_stable_and_says_how_sure_it_is(reading: Reading) -> None:
    for text, _expected in reading.examples:
        first, second = reading.read(text), reading.read(text)
        assert first == second
        assert first is not None
        assert 0 <= first.confidence <= 1
        assert first.value in reading.values


@pytest.mark.parametrize("reading", ALL, ids=lambda reading: reading.name)
@pytest.mark.parametrize("text", ["", " ", "…", "\x00", "👍", "a" * 50_000])
def test_a_reading_survives_what_people_send(reading: Reading, text: str) -> None:
    heard = reading.read(text)
    assert heard is None or heard.value in reading.values


@pytest.mark.parametrize("reading", ALL, ids=lambda reading: reading.name)
def test_the_words_that_made_it_so_stand_in_the_message(reading: Reading) -> None:
    for text, _expected in reading.examples:
        heard = reading.read(text)
        assert heard is not None
        assert all(words in text for words in heard.because)
