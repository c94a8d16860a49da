"""Write the product's events as Segment shapes them: one JSON object a line, one file a month."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo.chance import mix
from prevenance.demo.history import Life
from prevenance.demo.population import PLANS
from prevenance.demo.scale import N_MONTHS, STARTED_ON
from prevenance.demo.spelling import company_name
from prevenance.demo.systems import Company
from prevenance.demo.text import Text, block, hexadecimal, iso_day, iso_instant, join, pick, quoted_json, where
from prevenance.demo.usage import habits, month_of_usage
from prevenance.demo.usage_month import UsageEvents
from prevenance.kit.progress import Progress


def write_product(folder: Path, company: Company, life: Life, density: float, progress: Progress) -> dict[str, int]:
    """Write the months one after another, so that only one is in memory."""
    target, counts = folder / "product", {}
    target.mkdir(parents=True, exist_ok=True)
    habit = habits(company.population, density)
    traits = _introductions(company)
    for month in range(N_MONTHS):
        events = month_of_usage(company.population, company.people, life, habit, month)
        lines = _lines(company, life, events, traits, month)
        (folder / file_of(month)).write_bytes(block(lines))
        counts[file_of(month)] = len(lines)
        progress.advance()
    return counts


def file_of(month: int) -> str:
    """Return the file of a month, 0 being November 2023.

    Example:
        >>> file_of(2)
        'product/events-2024-01.ndjson'
    """
    year, calendar = divmod(STARTED_ON.year * 12 + STARTED_ON.month - 1 + month, 12)
    return f"product/events-{year}-{calendar + 1:02d}.ndjson"


def _lines(company: Company, life: Life, events: UsageEvents, traits: tuple[Text, Text], month: int) -> Text:
    chance, n = company.chance(f"product {month}"), events.second.size
    message = hexadecimal(mix(np.arange(n, dtype=np.uint64) + np.uint64((month + 1) * 1_000_000_007)))
    user = company.codes.product_user.take(pa.array(np.maximum(events.person, 0)))
    workspace = company.codes.workspace.take(pa.array(events.customer))
    at = iso_instant(events.second)
    delay = np.where(chance.random(n) < 0.01, chance.integers(3_600, 200_000, n), chance.integers(1, 9, n))
    is_group, is_identify = (np.asarray(pc.equal(events.name, kind)) for kind in ("group", "identify"))
    sender = where(events.person >= 0, join(',"userId":"', user, '"'), "")
    head = join(
        '{"type":"', where(is_group, "group", where(is_identify, "identify", "track")),
        '","messageId":"msg-', message, '"', sender,
        where(is_group, join(',"groupId":"', workspace, '"'), ""), ',"context":{"groupId":"', workspace, '"}',
    )  # fmt: skip
    plan = pick(PLANS, life.plan[events.customer, month].astype(np.int64))
    traits_of_group = join(traits[0].take(pa.array(events.customer)), ',"plan":"', plan, '"}')
    traits_of_person = traits[1].take(pa.array(np.maximum(events.person, 0)))
    body = where(
        is_group,
        join(',"traits":', traits_of_group),
        where(
            is_identify,
            join(',"traits":', traits_of_person),
            join(',"event":"', events.name, '","properties":', events.properties),
        ),
    )
    tail = join(
        ',"timestamp":"',
        at,
        '","originalTimestamp":"',
        at,
        '","sentAt":"',
        at,
        '","receivedAt":"',
        iso_instant(events.second + delay),
        '"}\n',
    )
    return _soiled(company, join(head, body, tail), message, month, chance)


def _soiled(company: Company, lines: Text, message: Text, month: int, chance: np.random.Generator) -> Text:
    """Repeat a few lines, as retried deliveries do, and cut a few short."""
    n, file = len(lines), file_of(month)
    twice = np.nonzero(chance.random(n) < company.dirt.doubled_event)[0]
    company.faults.add("doubled_event", file, join("msg-", message.take(pa.array(twice))))
    broken = chance.random(n) < company.dirt.broken_line
    company.faults.add("broken_line", file, join("msg-", message.filter(pa.array(broken))))
    lines = where(broken, join(pc.utf8_slice_codeunits(lines, 0, 90), "\n"), lines) if broken.any() else lines
    return lines.take(pa.array(np.sort(np.concatenate([np.arange(n), twice]))))


def _introductions(company: Company) -> tuple[Text, Text]:
    """Return what the product says of each workspace (open at its end, the plan follows) and of each person."""
    chance, n, people = company.chance("product traits"), company.population.n, company.people
    name = company_name(company.names, np.arange(n), chance, is_old_system=False)
    erp = where(chance.random(n) < 0.35, join(',"erp_no":"', company.codes.erp, '"'), "")
    group = join(
        '{"name":',
        quoted_json(name),
        ',"domain":',
        quoted_json(where(company.population.is_sole, None, company.names.domain)),
        erp,
    )
    m = people.n
    email = where(chance.random(m) < 0.08, None, where(chance.random(m) < 0.1, people.alias, people.email))
    full = where(chance.random(m) < 0.2, people.first, join(people.first, " ", people.last))
    created = iso_day(np.maximum(18_500 + people.customer % 800, 0))
    person = join(
        '{"email":',
        quoted_json(email),
        ',"name":',
        quoted_json(full),
        ',"language":"',
        where(people.is_french, "fr", "en"),
        '","createdAt":"',
        created,
        'T09:00:00.000Z"}',
    )
    return group, person
