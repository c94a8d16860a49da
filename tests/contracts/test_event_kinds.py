"""Every kind of event says in both languages what happened, and only with columns that it declares."""

import re
import string

import pytest

from prevenance.kit import catalogue
from prevenance.records.event_kind import EventKind
from prevenance.records.tables import FACTS

KINDS = catalogue.load("prevenance.records.events", EventKind)
GENERIC = {"object_id", "label", "amount", "quantity", "limit_quantity", "due_at", "text"}
PROMISED = """
    login_recorded feature_used usage_measured error_raised crash_reported page_visited member_added plan_changed
    ticket_opened ticket_reopened message_received message_sent ticket_solved rating_given survey_answered
    contract_started contract_renewed contract_ended order_placed order_delivered invoice_issued payment_received
    asset_installed maintenance_done part_replaced part_failed site_visited project_started project_completed
    consent_given consent_withdrawn outreach_sent outreach_held_out company_error_found product_bought coupon_redeemed
    interaction_logged
    appointment_missed article_read asset_removed call_received cart_abandoned complaint_filed
    invoice_disputed maintenance_planned meeting_held member_removed notice_given order_cancelled
    order_returned order_shipped payment_failed quote_sent refund_issued reminder_sent
    review_published telemetry_measured ticket_escalated training_attended trial_started warranty_ended
"""


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_vocabulary_holds_what_was_promised() -> None:
    assert sorted(PROMISED.split()) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_speaks_both_languages_of_the_same_things(kind: EventKind) -> None:
    assert kind.sentence.fr != kind.sentence.en
    assert places(kind.sentence.fr) == places(kind.sentence.en) <= set(kind.fields)
    assert places(kind.sentence.fr) <= {"label", "amount", "quantity"}
    assert kind.sentence.say("fr", **dict.fromkeys(places(kind.sentence.fr), "x"))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_uses_only_columns_of_the_lake(kind: EventKind) -> None:
    assert set(kind.fields) <= GENERIC <= set(FACTS.schema)
    assert kind.sensitivity == "text" or "text" not in kind.fields


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_names_its_verb_and_the_unit_of_each_quantity(kind: EventKind) -> None:
    assert kind.name.endswith(f"_{kind.verb}")
    assert {f for f in kind.fields if f.endswith("quantity")} == set(kind.units)
    assert all(kind.sensitivity_of(f) in ("none", "personal", "text") for f in kind.fields)
    assert "text" not in kind.fields or kind.sensitivity_of("text") == "text"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_french_words_have_real_apostrophes_and_no_forbidden_word(kind: EventKind) -> None:
    every = [kind.sentence, *kind.fields.values()]
    assert not [words for words in every if "'" in words.fr]
    assert not [words for words in every if re.search("churn", words.fr + words.en, re.IGNORECASE)]


def test_what_we_do_is_not_told_of_the_customer() -> None:
    ours = {name for name, kind in KINDS.items() if kind.subject == "company"}
    assert {"message_sent", "invoice_issued", "ticket_solved", "outreach_sent", "reminder_sent"} <= ours
    assert ours.isdisjoint(
        {"message_received", "payment_received", "ticket_opened", "rating_given", "consent_withdrawn"}
    )
    assert {KINDS[name].subject for name in ("telemetry_measured", "part_failed")} == {"machine"}
