"""Write tickets and what was said in them as JSON, a page at a time."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo.chance import uniform_of
from prevenance.demo.scale import END_DAY, Bools, Ints
from prevenance.demo.sentences import Speech
from prevenance.demo.systems import Company
from prevenance.demo.text import (
    Text,
    digits,
    garbled,
    in_quotes,
    iso_instant,
    join,
    json_object,
    pick,
    quoted_json,
    where,
)
from prevenance.demo.tickets import N_TEAMS, Tickets

END = END_DAY * 86_400
_AGENT, _GROUP = 370_000_000_001, 365_000_000_001
# how each of the three teams spells a category, in the order of `causes.CATEGORIES`
_CAREFUL = "Facturation, Panne, Pièces, Connexion, Lenteur, Formation, Livraison, Suggestion, Résiliation"
_LOOSE = "facture, panne machine, pieces detachees, login, perf, prise en main, livraisons, evolution, resiliation"
_ENGLISH = "Billing, Breakdown, Parts, Access, Performance, Training, Delivery, Feature request, Cancellation"
_SPELLINGS = [spelled.split(", ") for spelled in (_CAREFUL, _LOOSE, _ENGLISH)]
_ODD_SPELLINGS = ("FACT", "SAV", "PDR", "ACCES", "BUG", "FORM", "LIV", "IDEE", "FIN")
_PRIORITIES = ("low", "normal", "high", "urgent")
_CHANNELS = ("email", "email", "web", "phone", "api")


def tickets_json(company: Company, own: Tickets, number: Ints, thing: Text, part: str) -> tuple[Text, int]:
    """Return the JSON of a page of tickets, and how many comments they hold."""
    chance = company.chance("helpdesk " + part)
    speech = Speech(own.is_french, company.population.seed, "helpdesk " + part)
    request = _request(company, own, number, thing, speech, chance)
    comments, n_comments = _comments(company, own, number, request, speech)
    is_open, again = own.solved >= END, (own.reopened >= 0) & (own.reopened < END)
    updated = np.minimum(np.where(is_open, own.answered, own.solved), END - 1)
    closed = where(chance.random(own.n) < 0.5, "solved", "closed")
    home = where(has_no_home(company, own.person), "null", digits(company.codes.organisation[own.customer]))
    priority = np.minimum(own.is_annoyed + chance.integers(0, 3, own.n), 3)
    fields = {
        "id": digits(number),
        "external_id": "null",
        "subject": quoted_json(speech.subject(own.category, thing)),
        "description": quoted_json(request),
        "status": in_quotes(where(is_open, where(own.answered < END, "pending", "new"), closed)),
        "priority": in_quotes(pick(_PRIORITIES, priority)),
        "type": in_quotes(where(own.category == 1, "incident", "question")),
        "requester_id": digits(company.codes.helpdesk_user[own.person]),
        "organization_id": home,
        "assignee_id": digits(_agent(own)),
        "group_id": digits(_GROUP + own.team),
        "tags": where(own.is_annoyed & (chance.random(own.n) < 0.3), '["urgent"]', "[]"),
        "custom_fields": _custom_fields(own, chance),
        "satisfaction_rating": _rating(own, speech, chance),
        "via": json_object({"channel": in_quotes(pick(_CHANNELS, chance.integers(0, 5, own.n)))}),
        "created_at": in_quotes(iso_instant(own.opened)),
        "updated_at": in_quotes(iso_instant(updated)),
        "solved_at": where(is_open, "null", in_quotes(iso_instant(own.solved))),
        "generated_timestamp": digits(updated + 1),
        "reopen_times": where(again, join("[", in_quotes(iso_instant(np.maximum(own.reopened, 0))), "]"), "[]"),
        "comments": join("[", comments, "]"),
    }
    return json_object(fields), n_comments


def has_no_home(company: Company, person: Ints) -> Bools:
    """Return which helpdesk users nobody put into their organisation; the same ones on every page."""
    return np.asarray(uniform_of(np.full(person.size, company.population.seed), person) < company.dirt.no_organisation)


def _agent(own: Tickets) -> Ints:
    return _AGENT + own.team * 10 + own.agent


def _request(
    company: Company, own: Tickets, number: Ints, thing: Text, speech: Speech, chance: np.random.Generator
) -> Text:
    request = speech.request(own.category, own.is_annoyed, thing)
    mishap = garbled(request)
    differs = pc.not_equal(mishap, request).to_numpy(zero_copy_only=False)
    spoiled = (chance.random(own.n) < company.dirt.garbled_text) & differs
    company.faults.add("garbled_text", "helpdesk:tickets", digits(number[spoiled]))
    return where(spoiled, mishap, request)


def _custom_fields(own: Tickets, chance: np.random.Generator) -> Text:
    """Return the category, as the team spells it, and the rating from 1 to 5 where one was given."""
    team = np.where(chance.random(own.n) < 0.12, N_TEAMS, own.team)
    spelled = [pick(words, own.category) for words in (*_SPELLINGS, _ODD_SPELLINGS)]
    category = json_object({"id": "360001", "value": quoted_json(pc.choose(pa.array(team), *spelled))})
    rating = json_object({"id": "360002", "value": where(own.rating > 0, digits(own.rating), "null")})
    return join("[", category, ",", rating, "]")


def _rating(own: Tickets, speech: Speech, chance: np.random.Generator) -> Text:
    is_rated = own.rating > 0
    unrated = where(own.solved >= END, "unoffered", "offered")
    score = where(is_rated, where(own.rating >= 4, "good", "bad"), unrated)
    said = where(is_rated & (chance.random(own.n) < 0.6), speech.comment(np.maximum(own.rating, 1)), None)
    return json_object({"score": in_quotes(score), "comment": quoted_json(said)})


def _comments(company: Company, own: Tickets, number: Ints, request: Text, speech: Speech) -> tuple[Text, int]:
    """Return each ticket's comments in order of time: request, reminder, answer, reopening, solution, thanks."""
    is_solved = own.solved < END
    reminder = own.answered - (own.answered - own.opened) // 5
    is_grateful = is_solved & (own.solved + 1_800 < END) & ~own.is_annoyed & (speech.toss(own.n) < 0.5)
    spoken: tuple[tuple[Bools, Ints, bool, Text], ...] = (
        (np.ones(own.n, bool), own.opened, True, request),
        (own.is_slow & (reminder < END), reminder, True, speech.phrase("REMINDERS")),
        (own.answered < END, own.answered, False, speech.reply(own.category, own.is_slow)),
        ((own.reopened >= 0) & (own.reopened < END), own.reopened, True, speech.phrase("REOPENINGS")),
        (is_solved, own.solved, False, speech.reply(own.category, own.reopened >= 0)),
        (is_grateful, own.solved + 1_800, True, speech.phrase("THANKS")),
    )
    written = pick([""], np.zeros(own.n, np.int64))
    for turn, (is_there, at, by_customer, text) in enumerate(spoken):
        fields = {
            "id": digits(number * 10 + turn),
            "author_id": digits(company.codes.helpdesk_user[own.person] if by_customer else _agent(own)),
            "author_role": '"end-user"' if by_customer else '"agent"',
            "body": quoted_json(text),
            "public": "true",
            "created_at": in_quotes(iso_instant(np.clip(at, 0, END - 1))),
        }
        written = join(written, where(is_there, join("," if turn else "", json_object(fields)), ""))
    return written, int(sum(is_there.sum() for is_there, *_ in spoken))
