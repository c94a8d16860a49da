"""Every play keeps to its card: triggers that exist, words in both languages, no field from elsewhere."""

import string
from pathlib import Path
from typing import Any

import pytest
import yaml

from prevenance.decisions import Play, load_plays
from prevenance.decisions.play import MERGE_FIELDS
from prevenance.decisions.wording import render
from prevenance.features import signal_cards
from prevenance.kit.catalogue import load
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Language
from prevenance.models import target_cards
from prevenance.records.event_kind import EventKind
from prevenance.records.screens import Message

PLAYS = load_plays()
FIELDS = {
    "customer_name": "Société Dupont",
    "contact_name": "Ada Lemaître",
    "contact_first_name": "Ada",
    "contact_last_name": "Lemaître",
    "asset": "M-1042",
    "due_day": "20 nov. 2026",
    "label": "licences",
    "quantity": "12",
}


def file_of(play: Play) -> dict[str, Any]:
    return play.model_dump(mode="json")


def written(folder: Path, content: dict[str, Any], name: str = "mine") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(yaml.safe_dump({"name": name} | content), encoding="utf-8")
    return folder


def test_the_four_starter_plays_are_there() -> None:
    assert {"unused_feature_tutorial", "key_account_call", "extra_licences", "maintenance_due"} <= set(PLAYS)


@pytest.mark.parametrize("play", PLAYS.values(), ids=lambda play: play.name)
def test_a_play_is_set_off_by_signals_and_predictions_that_exist(play: Play) -> None:
    assert set(play.trigger.signals) <= set(signal_cards())
    asked = {prediction.target for prediction in play.trigger.predictions} | ({play.effect.risk} - {None})
    assert asked <= set(target_cards())
    kinds = load("prevenance.records.events", EventKind)
    assert play.about is None or set(play.about.kinds) <= set(kinds)


@pytest.mark.parametrize("play", PLAYS.values(), ids=lambda play: play.name)
def test_a_play_holds_some_customers_out_and_starts_as_a_pilot(play: Play) -> None:
    assert play.hold_out == pytest.approx(0.10)
    assert play.stage == "pilot"
    assert play.effect.source


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("play", PLAYS.values(), ids=lambda play: play.name)
def test_a_message_renders_whole_and_is_written_as_the_language_is(play: Play, language: Language) -> None:
    for action in play.actions:
        said = render(action, language, FIELDS)
        assert isinstance(said, Message)
        text = said.subject + "\n" + said.body
        assert "{" not in text
        assert "'" not in text  # real apostrophes
        assert "\u202f" not in text  # plain text keeps to the fixed space
        assert "  " not in text
        if language == "fr":
            assert " ?" not in text  # a plain space before a high mark would let it fall onto the next line
            assert " :" not in text
            assert not any(word in text.lower().split() for word in ("tu", "toi", "ton", "tes"))


@pytest.mark.parametrize("play", PLAYS.values(), ids=lambda play: play.name)
def test_a_message_without_one_of_its_fields_is_refused_and_says_which(play: Play) -> None:
    for action in play.actions:
        template = action.message.fr.subject + action.message.fr.body
        spoken = {field for _, field, _, _ in string.Formatter().parse(template) if field}
        assert spoken
        for field in spoken:
            refused = render(action, "fr", {name: value for name, value in FIELDS.items() if name != field})
            assert not isinstance(refused, Message)
            assert refused.fr.startswith("Il manque ")
    assert set(FIELDS) == MERGE_FIELDS


def test_a_projects_play_takes_the_place_of_the_built_in_one_and_others_are_added(tmp_path: Path) -> None:
    content = file_of(PLAYS["key_account_call"]) | {"hold_out": 0.2}
    folder = written(tmp_path / "plays", content, "key_account_call")
    written(folder, content | {"name": "mine"})
    plays = load_plays(folder)
    assert plays["key_account_call"].hold_out == pytest.approx(0.2)
    assert set(plays) == set(PLAYS) | {"mine"}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"hold_out": 0.9}, "hold_out"),
        ({"effect_class": "C2"}, "effect_class"),
        ({"colour": "blue"}, "colour"),
        ({"trigger": {}}, "at least one signal or prediction"),
        ({"kind": "opportunity"}, "an opportunity is an offer"),
        ({"purpose": "marketing"}, "only a play of kind opportunity may sell"),
        ({"legal_basis": "consent"}, "rests on contract or legitimate_interest"),
        ({"about": None}, "about:"),
        ({"name": "another"}, "the name of its file"),
    ],
)
def test_what_is_wrong_with_a_play_is_said(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    folder = written(tmp_path / "plays", file_of(PLAYS["maintenance_due"]) | {"name": "mine"} | changes)
    with pytest.raises(ConfigurationError, match=r"mine\.yaml") as caught:
        load_plays(folder)
    assert complaint in caught.value.message


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("Bonjour {first_name}", "unknown merge fields"),
        ("Bonjour {contact_name.__class__}", "unknown merge fields"),
        ("Vous risquez de nous quitter", "nous quitter"),
        ("We predicted that you need this", "we predicted"),
        ("Avant de résilier, parlons-en", "résili"),
        ("Our algorithm chose you", "algorithm"),
        ("Dernière chance d’en profiter", "dernière chance"),
    ],
)
def test_a_wording_that_gives_the_prediction_away_does_not_load(tmp_path: Path, body: str, complaint: str) -> None:
    content = file_of(PLAYS["maintenance_due"]) | {"name": "mine"}
    content["actions"][0]["message"]["fr"]["body"] = body
    with pytest.raises(ConfigurationError) as caught:
        load_plays(written(tmp_path / "plays", content))
    assert complaint in caught.value.message.lower()


def test_all_problems_of_all_files_are_told_together(tmp_path: Path) -> None:
    folder = written(tmp_path / "plays", file_of(PLAYS["maintenance_due"]) | {"hold_out": 2, "stage": "scale"}, "a")
    (folder / "b.yaml").write_text("- not\n- a play\n", encoding="utf-8")
    (folder / "c.yaml").write_text("name: [unclosed", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_plays(folder)
    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    assert [problem.split(":")[0] for problem in problems] == ["a.yaml", "a.yaml", "b.yaml", "c.yaml"]
