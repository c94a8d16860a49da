"""Write the helpdesk's export as Zendesk shapes it: pages of tickets with their comments, users and organisations."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo.helpdesk_tickets import has_no_home, tickets_json
from prevenance.demo.history import Life
from prevenance.demo.scale import N_MONTHS, Ints, month_of
from prevenance.demo.sentences import things
from prevenance.demo.spelling import company_name, phone
from prevenance.demo.systems import Company
from prevenance.demo.text import (
    Text,
    block,
    digits,
    in_quotes,
    iso_day,
    iso_instant,
    join,
    json_object,
    quoted_json,
    where,
    write_text,
)
from prevenance.demo.tickets import Tickets

_PER_PAGE = 2_000


def write_helpdesk(folder: Path, company: Company, life: Life, held: Tickets) -> dict[str, int]:
    """Write all pages; users and organisations are spread over the pages as the real export does."""
    users, organisations = _users(company, held), _organisations(company, held)
    n_pages = max(1, -(-held.n // _PER_PAGE))
    thing, n_comments = things(held, _plans(life, held), company.population.seed), 0
    for page in range(n_pages):
        rows = slice(page * _PER_PAGE, min((page + 1) * _PER_PAGE, held.n))
        own = Tickets(**{name: column[rows] for name, column in vars(held).items()})
        written, n_said = tickets_json(company, own, np.arange(rows.start, rows.stop) + 1, thing[rows], str(page))
        n_comments += n_said
        parts = [_share_of(side, page, n_pages) for side in (users, organisations)]
        whole = (
            f'{{"tickets":[{_listed(written)}],\n"users":[{_listed(parts[0])}],\n"organizations":[{_listed(parts[1])}],\n'
            f'"count":{own.n},"end_of_stream":{"true" if page == n_pages - 1 else "false"}}}\n'
        )
        write_text(folder / "helpdesk" / f"export-{page + 1:04d}.json", whole)
    counts = {"tickets": held.n, "comments": n_comments, "users": len(users), "organizations": len(organisations)}
    return {f"helpdesk:{name}": count for name, count in counts.items()}


def _plans(life: Life, held: Tickets) -> Ints:
    month = np.clip(month_of(held.opened // 86_400), 0, N_MONTHS - 1)
    return life.plan[held.customer, month].astype(np.int64)


def _listed(rows: Text) -> str:
    return block(join(rows, ",\n")).decode()[:-2]


def _share_of(rows: Text, page: int, n_pages: int) -> Text:
    size = -(-len(rows) // n_pages)
    return rows[page * size : (page + 1) * size]


def _users(company: Company, held: Tickets) -> Text:
    chance, people = company.chance("helpdesk users"), company.people
    person = np.unique(held.person)
    at, n, owner = pa.array(person), person.size, people.customer[person]
    joined = np.zeros(people.n, np.int64)
    joined[held.person[::-1]] = held.opened[::-1]  # the first ticket makes the user
    email = where(chance.random(n) < 0.18, people.alias.take(at), people.email.take(at))
    email = where(chance.random(n) < 0.06, None, where(chance.random(n) < 0.1, pc.utf8_upper(email), email))
    plain = join(people.first_folded.take(at), " ", people.last_folded.take(at))
    name = where(chance.random(n) < 0.3, plain, join(people.first.take(at), " ", people.last.take(at)))
    number = where(chance.random(n) < 0.5, people.mobile.take(at), None)
    homeless = has_no_home(company, person)
    company.faults.add("no_organisation", "helpdesk:users", digits(company.codes.helpdesk_user[person[homeless]]))
    return json_object(
        {
            "id": digits(company.codes.helpdesk_user[person]),
            "name": quoted_json(name),
            "email": quoted_json(email),
            "phone": quoted_json(phone(number, people.is_french[person], chance)),
            "organization_id": where(homeless, "null", digits(company.codes.organisation[owner])),
            "locale": where(people.is_french[person], '"fr"', '"en-GB"'),
            "created_at": in_quotes(iso_instant(joined[person])),
        }
    )


def _organisations(company: Company, held: Tickets) -> Text:
    chance = company.chance("helpdesk organisations")
    row = np.unique(held.customer)
    at, n = pa.array(row), row.size
    domain = where(company.population.is_sole[row], "", in_quotes(company.names.domain.take(at)))
    return json_object(
        {
            "id": digits(company.codes.organisation[row]),
            "name": quoted_json(company_name(company.names, row, chance, is_old_system=False)),
            "external_id": quoted_json(where(chance.random(n) < 0.45, company.codes.crm.take(at), None)),
            "domain_names": join("[", domain, "]"),
            "created_at": join('"', iso_day(18_000 + row % 900), 'T08:00:00.000Z"'),
        }
    )
