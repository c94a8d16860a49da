"""Walk the catalogue of feature views: complete cards, columns as declared, no leak, and Spark can say it too."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import ibis
import pytest
from tests.moments import AT, ago, by_key, event, grid, moment

from prevenance.features import compute, feature_cards
from prevenance.features.compute import views
from prevenance.kit import catalogue
from prevenance.kit.problems import ConfigurationError, DataError
from prevenance.records.event_kind import EventKind

VIEWS = views()
KNOWN_KINDS = catalogue.load("prevenance.records.events", EventKind)


def one_of_each(kinds: list[str]) -> list[dict[str, object]]:
    """Return a customer to whom everything happened."""
    return [
        event(place, 1, kind, ago(5 + place), label="seats", object_id="A", quantity=2.0, amount=3, due_at=ago(place))
        for place, kind in enumerate(kinds)
    ]


def test_there_are_at_least_sixty_features() -> None:
    assert len(feature_cards()) >= 60
    assert sum(len(view.features) for view in VIEWS.values()) == len(feature_cards()), "two cards share a name"


@pytest.mark.parametrize("name", VIEWS)
def test_it_gives_exactly_the_columns_of_its_cards_as_numbers(name: str) -> None:
    features = compute(moment(one_of_each(list(KNOWN_KINDS))), grid([1, 2], [AT]), views=[name])
    cards = {card.name: card for card in VIEWS[name].features}
    assert set(features.columns) == {"customer_id", "cutoff", *cards}
    for column, kind in features.schema().items():
        assert column == "cutoff" or kind.is_integer() or kind.is_floating(), (column, kind)


@pytest.mark.parametrize("name", VIEWS)
def test_an_empty_value_is_declared_and_the_rest_is_never_empty(name: str) -> None:
    nobody = by_key(compute(moment([]), grid([1], [AT]), views=[name]))[1, AT]
    for card in VIEWS[name].features:
        if card.missing is None:
            assert nobody[card.name] is not None, f"{card.name} is empty, but its card does not say what that means"
        else:
            assert card.missing.fr
            assert card.missing.en
            assert nobody[card.name] is None, f"{card.name} says something of a customer of whom nothing is known"


@pytest.mark.parametrize("name", VIEWS)
def test_it_looks_at_known_kinds_of_event_and_speaks_both_languages(name: str) -> None:
    view = VIEWS[name]
    assert {kind for measure in view.measures for kind in measure.kinds} <= set(KNOWN_KINDS)
    for words in (view.words, *(card.words for card in view.features)):
        assert words.fr != ""
        assert words.en != ""


@pytest.mark.parametrize("name", VIEWS)
def test_what_happens_or_is_learnt_later_changes_nothing(name: str) -> None:
    past = one_of_each(list(KNOWN_KINDS))
    happened = [{**fact, "event_id": f"h{n}", "occurred_at": AT, "known_at": AT} for n, fact in enumerate(past)]
    learnt = [{**fact, "event_id": f"l{n}", "known_at": AT} for n, fact in enumerate(past)]
    corrected = [{**fact, "superseded_at": AT + timedelta(1)} for fact in past]
    at = grid([1], [AT])
    before = by_key(compute(moment(past), at, views=[name]))
    assert by_key(compute(moment([*corrected, *happened, *learnt]), at, views=[name])) == before


@pytest.mark.parametrize("name", VIEWS)
def test_spark_can_say_it_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Ibis reads this option from the installed pyspark, which saying (not running) the query does without.
    said = SimpleNamespace(pyspark=SimpleNamespace(treat_nan_as_null=False))
    monkeypatch.setattr("ibis.backends.sql.compilers.pyspark.options", said)
    features = compute(moment(one_of_each(["login_recorded"])), grid([1], [AT]), views=[name])
    assert "SELECT" in ibis.to_sql(features, dialect="pyspark")


def test_an_unknown_view_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="astrology"):
        compute(moment([]), grid([1], [AT]), views=["astrology"])


def test_a_cutoff_within_a_day_is_refused() -> None:
    with pytest.raises(DataError, match="00:00 UTC"):
        compute(moment([]), grid([1], [AT + timedelta(hours=3)]))


def test_a_grid_without_rows_gives_all_columns_and_no_rows() -> None:
    features = compute(moment([]), grid([], []))
    assert set(feature_cards()) <= set(features.columns)
    assert features.count().to_pyarrow().as_py() == 0


def test_an_absurd_quantity_spoils_nothing_but_its_own_sum() -> None:
    told = [
        event(1, 1, "ticket_solved", ago(3), object_id="a", quantity=5e14),
        event(2, 2, "ticket_solved", ago(3), object_id="b", quantity=2.5),
        event(3, 2, "invoice_issued", ago(3), object_id="c", amount=Decimal("1234.56"), due_at=ago(1)),
    ]
    rows = by_key(compute(moment(told), grid([1, 2], [AT]), views=["tickets", "invoices"]))
    assert rows[1, AT]["resolution_hours_84"] == 5e14
    assert rows[2, AT]["resolution_hours_84"] == 2.5
    assert rows[2, AT]["invoiced_amount_84"] == 1234.56
