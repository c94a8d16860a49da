"""The kit's promises: catalogues that refuse what is incomplete, words in both languages, ids that never change."""

from pathlib import Path

import pytest

from prevenance.kit.catalogue import load
from prevenance.kit.hashing import share, stable_integer
from prevenance.kit.problems import CatalogueError, ConfigurationError
from prevenance.kit.words import Words, fr_typo, money, number
from prevenance.records.event_kind import EventKind
from prevenance.settings import open_project, parse_as_of

_ENTRY = """
from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind
thing = EventKind(name="{name}", subject="customer", sentence=Words(fr="x", en="x"), object="order")
"""


def _extension(folder: Path, file: str, content: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(content, encoding="utf-8")
    return folder


def test_a_project_adds_an_entry_by_adding_a_file(tmp_path: Path) -> None:
    extra = _extension(tmp_path, "balloon_launched.py", _ENTRY.format(name="balloon_launched"))
    assert "balloon_launched" in load("prevenance.records.events", EventKind, extra=extra)


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("order_launched.py", _ENTRY.format(name="another_name"), "Give the file and the entry the same name"),
        ("empty.py", "", "must hold exactly one EventKind; it holds 0"),
        ("order_placed.py", _ENTRY.format(name="order_placed"), "which is taken"),
    ],
)
def test_an_entry_that_breaks_the_rules_is_named(tmp_path: Path, file: str, content: str, complaint: str) -> None:
    with pytest.raises(CatalogueError, match=complaint) as caught:
        load("prevenance.records.events", EventKind, extra=_extension(tmp_path, file, content))
    assert file in str(caught.value)


def test_ids_and_shares_are_the_same_on_every_machine() -> None:
    assert stable_integer("crm", "1042") == 5_015_969_392_196_705
    assert share("tutorial", "1042", "seed") == pytest.approx(0.0471748, abs=1e-6)


def test_shares_fall_evenly() -> None:
    held_out = sum(share("play", str(customer), "seed") < 0.1 for customer in range(20_000))
    assert 1_850 < held_out < 2_150


def test_french_is_written_as_the_imprimerie_nationale_does() -> None:
    assert fr_typo("Vraiment ? Oui ! C'est « bien » : 5 h ; non") == (
        "Vraiment\u202f? Oui\u202f! C’est «\u202fbien\u202f»\u00a0: 5 h\u202f; non"
    )
    assert fr_typo("https://exemple.fr/?a=1;b") == "https://exemple.fr/?a=1;b"
    assert number(1234.5, "fr", 1) == "1\u202f234,5"
    assert money(1234.5, "EUR", "fr") == "1\u202f234,50\u00a0€"


def test_a_sentence_without_a_value_for_its_place_is_refused() -> None:
    with pytest.raises(KeyError):
        Words(fr="{n} demandes", en="{n} requests").say("fr", m="3")


def test_all_mistakes_of_a_settings_file_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "prevenance.yaml").write_text("language: de\ntime_zone: Mars/Olympus\nsurprise: 1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        open_project(tmp_path)
    for word in ("company", "language", "Mars/Olympus", "surprise"):
        assert word in str(caught.value)


def test_a_missing_project_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="prevenance init"):
        open_project(tmp_path)


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="2026-11-01"):
        parse_as_of("last tuesday")
