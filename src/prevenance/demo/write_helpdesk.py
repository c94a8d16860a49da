"""Write the helpdesk's export as Zendesk shapes it: pages of tickets with their comments, users and organisations."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo.chance import uniform_of
from prevenance.demo.history import Life
from prevenance.demo.scale import END_DAY, N_MONTHS, Bools, Ints, month_of
from prevenance.demo.sentences import Speech, things
from prevenance.demo.spelling import company_name, phone
from prevenance.demo.systems import Company
from prevenance.demo.text import (
    Text,
    block,
    digits,
    garbled,
    iso_day,
    iso_instant,
    join,
    pick,
    quoted_json,
    where,
    write_text,
)
from prevenance.demo.tickets import N_TEAMS, Tickets

_PER_PAGE = 2_000
_END = END_DAY * 86_400
_AGENT, _GROUP = 370_000_000_001, 365_000_000_001
# how each of the three teams spells a category, in the order of `life.CATEGORIES`
_SPELLINGS = (
    ("Facturation", "Panne", "Pièces", "Connexion", "Lenteur", "Formation", "Livraison", "Suggestion", "Résiliation"),
    (
        "facture",
        "panne machine",
        "pieces detachees",
        "login",
        "perf",
        "prise en main",
        "livraisons",
        "evolution",
        "resiliation",
    ),
    (
        "Billing",
        "Breakdown",
        "Parts",
        "Access",
        "Performance",
        "Training",
        "Delivery",
        "Feature request",
        "Cancellation",
    ),
)
_ODD_SPELLINGS = ("FACT", "SAV", "PDR", "ACCES", "BUG", "FORM", "LIV", "IDEE", "FIN")
_PRIORITIES = ("low", "normal", "high", "urgent")
_CHANNELS = ("email", "web", "phone", "api")


def write_helpdesk(folder: Path, company: Company, life: Life, held: Tickets) -> dict[str, int]:
    """Write all pages; users and organisations are spread over the pages as the real export does."""
    target = folder / "helpdesk"
    users, organisations = _users(company, held), _organisations(company, held)
    n_pages = max(1, -(-held.n // _PER_PAGE))
    text, plan = things(held, _plans(life, held), company.population.seed), company.population.seed
    n_comments = 0
    for page in range(n_pages):
        rows = slice(page * _PER_PAGE, min((page + 1) * _PER_PAGE, held.n))
        tickets, n_said = _tickets(company, held, rows, text[rows], f"{plan}-{page}")
        n_comments += n_said
        parts = [_share_of(side, page, n_pages) for side in (users, organisations)]
        whole = (
            f'{{"tickets":[{_listed(tickets)}],\n"users":[{_listed(parts[0])}],\n"organizations":[{_listed(parts[1])}],\n'
            f'"count":{len(tickets)},"end_of_stream":{"true" if page == n_pages - 1 else "false"}}}\n'
        )
        write_text(target / f"export-{page + 1:04d}.json", whole)
    return {
        "helpdesk:tickets": held.n,
        "helpdesk:comments": n_comments,
        "helpdesk:users": len(users),
        "helpdesk:organizations": len(organisations),
    }


def _plans(life: Life, held: Tickets) -> Ints:
    month = np.clip(month_of(held.opened // 86_400), 0, N_MONTHS - 1)
    return life.plan[held.customer, month].astype(np.int64)


def _listed(rows: Text) -> str:
    return block(pc.binary_join_element_wise(rows, "", ",\n")).decode()[:-2]


def _share_of(rows: Text, page: int, n_pages: int) -> Text:
    size = -(-len(rows) // n_pages)
    return rows[page * size : (page + 1) * size]


def _tickets(company: Company, held: Tickets, rows: slice, thing: Text, part: str) -> tuple[Text, int]:
    """Return the JSON of one page of tickets, and how many comments they hold."""
    number = np.arange(rows.start, rows.stop) + 1
    own = Tickets(**{name: column[rows] for name, column in vars(held).items()})
    chance = company.chance("helpdesk " + part)
    speech = Speech(own.is_french, company.population.seed, "helpdesk " + part)
    request = speech.request(own.category, own.is_annoyed, thing)
    spoiled = chance.random(own.n) < company.dirt.garbled_text
    request = where(spoiled, garbled(request), request)
    company.faults.add("garbled_text", "helpdesk", digits(number[spoiled]))
    comments, counts = _comments(company, own, number, request, speech, chance)
    is_open = own.solved >= _END
    odd = chance.random(own.n) < 0.12
    category = pc.choose(
        pa.array(np.where(odd, N_TEAMS, own.team)),
        *(pick(words, own.category) for words in (*_SPELLINGS, _ODD_SPELLINGS)),
    )
    updated = np.minimum(np.where(is_open, own.answered, own.solved), _END - 1)
    no_home = _has_no_home(company, own.person)
    rated, again = own.rating > 0, (own.reopened >= 0) & (own.reopened < _END)
    score = where(rated, where(own.rating >= 4, "good", "bad"), where(is_open, "unoffered", "offered"))
    said = where(rated & (chance.random(own.n) < 0.6), speech.comment(np.maximum(own.rating, 1)), None)
    ticket = join(
        '{"id":', digits(number), ',"external_id":null,"subject":', quoted_json(speech.subject(own.category, thing)),
        ',"description":', quoted_json(request), ',"status":"', where(is_open, where(own.answered < _END, "pending", "new"), where(chance.random(own.n) < 0.5, "solved", "closed")),
        '","priority":"', pick(_PRIORITIES, np.minimum(own.is_annoyed + chance.integers(0, 3, own.n), 3)), '","type":"', where(own.category == 1, "incident", "question"),
        '","requester_id":', digits(company.codes.helpdesk_user[own.person]),
        ',"organization_id":', where(no_home, "null", digits(company.codes.organisation[own.customer])),
        ',"assignee_id":', digits(_AGENT + own.team * 10 + own.agent), ',"group_id":', digits(_GROUP + own.team),
        ',"tags":[', where(own.is_annoyed & (chance.random(own.n) < 0.3), '"urgent"', ""), '],"custom_fields":[{"id":360001,"value":', quoted_json(category),
        '},{"id":360002,"value":', where(rated, digits(own.rating), "null"), '}],"satisfaction_rating":{"score":"', score, '","comment":', quoted_json(said),
        '},"via":{"channel":"', pick(_CHANNELS, np.minimum(chance.integers(0, 5, own.n), 3)), '"},"created_at":"', iso_instant(own.opened),
        '","updated_at":"', iso_instant(updated), '","solved_at":', where(is_open, "null", join('"', iso_instant(np.minimum(own.solved, _END)), '"')),
        ',"generated_timestamp":', digits(updated + 1), ',"reopen_times":[', where(again, join('"', iso_instant(np.maximum(own.reopened, 0)), '"'), ""),
        '],"comments":[', comments, "]}",
    )  # fmt: skip
    return ticket, counts


def _comments(
    company: Company, own: Tickets, number: Ints, request: Text, speech: Speech, chance: np.random.Generator
) -> tuple[Text, int]:
    """Return each ticket's comments as JSON, in order of time: request, reminder, answer, complaint of reopening, thanks."""
    customer_id = digits(company.codes.helpdesk_user[own.person])
    agent_id = digits(_AGENT + own.team * 10 + own.agent)
    is_open = own.solved >= _END
    reminder = own.answered - (own.answered - own.opened) // 5
    thanks = own.solved + 1_800
    spoken: list[tuple[Bools, Ints, bool, Text]] = [
        (np.ones(own.n, bool), own.opened, True, request),
        (own.is_slow & (reminder < _END), reminder, True, speech.phrase("REMINDERS")),
        (own.answered < _END, own.answered, False, speech.reply(own.category, own.is_slow)),
        ((own.reopened >= 0) & (own.reopened < _END), own.reopened, True, speech.phrase("REOPENINGS")),
        (~is_open, own.solved, False, speech.reply(own.category, own.reopened >= 0)),
        (
            ~is_open & (thanks < _END) & ~own.is_annoyed & (chance.random(own.n) < 0.5),
            thanks,
            True,
            speech.phrase("THANKS"),
        ),
    ]
    written: Any = ""
    for turn, (is_there, at, by_customer, text) in enumerate(spoken):
        comment = join(
            "," if turn else "", '{"id":', digits(number * 10 + turn), ',"author_id":', customer_id if by_customer else agent_id, ',"author_role":"',
            "end-user" if by_customer else "agent", '","body":', quoted_json(text), ',"public":true,"created_at":"', iso_instant(np.clip(at, 0, _END - 1)), '"}',
        )  # fmt: skip
        written = join(written, where(is_there, comment, ""))
    return written, int(sum(is_there.sum() for is_there, *_ in spoken))


def _users(company: Company, held: Tickets) -> Text:
    chance, people = company.chance("helpdesk users"), company.people
    person = np.unique(held.person)
    at, n, owner = pa.array(person), person.size, people.customer[np.unique(held.person)]
    joined = np.zeros(people.n, np.int64)
    joined[held.person[::-1]] = held.opened[::-1]  # the first ticket makes the user
    email = where(chance.random(n) < 0.18, people.alias.take(at), people.email.take(at))
    email = where(chance.random(n) < 0.06, None, where(chance.random(n) < 0.1, pc.utf8_upper(email), email))
    name = where(
        chance.random(n) < 0.3,
        join(people.first_folded.take(at), " ", people.last_folded.take(at)),
        join(people.first.take(at), " ", people.last.take(at)),
    )
    number = phone(where(chance.random(n) < 0.5, people.mobile.take(at), None), people.is_french[person], chance)
    homeless = _has_no_home(company, person)
    company.faults.add("no_organisation", "helpdesk", digits(company.codes.helpdesk_user[person[homeless]]))
    return join(
        '{"id":', digits(company.codes.helpdesk_user[person]), ',"name":', quoted_json(name), ',"email":', quoted_json(email), ',"phone":', quoted_json(number),
        ',"organization_id":', where(homeless, "null", digits(company.codes.organisation[owner])),
        ',"locale":"', where(people.is_french[person], "fr", "en-GB"), '","created_at":"', iso_instant(joined[person]), '"}',
    )  # fmt: skip


def _has_no_home(company: Company, person: Ints) -> Bools:
    """Return which helpdesk users nobody put into their organisation; the same ones on every page."""
    return np.asarray(uniform_of(np.full(person.size, company.population.seed), person) < company.dirt.no_organisation)


def _organisations(company: Company, held: Tickets) -> Text:
    chance = company.chance("helpdesk organisations")
    row = np.unique(held.customer)
    at, n = pa.array(row), row.size
    external = where(chance.random(n) < 0.45, company.codes.crm.take(at), None)
    domain = where(company.population.is_sole[row], "", join('"', company.names.domain.take(at), '"'))
    return join(
        '{"id":', digits(company.codes.organisation[row]), ',"name":', quoted_json(company_name(company.names, row, chance, is_old_system=False)),
        ',"external_id":', quoted_json(external), ',"domain_names":[', domain, '],"created_at":"', iso_day(np.full(n, 18_000) + row % 900), 'T08:00:00.000Z"}',
    )  # fmt: skip
