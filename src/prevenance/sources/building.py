"""Build what sound rows tell: events, parties, identifiers and consents, in the lake's shapes."""

from datetime import datetime
from functools import reduce

import ibis
import ibis.expr.types as ir

from prevenance.kit.clock import naive_utc
from prevenance.records.tables import CONSENT_RECORDS, FACTS, IDENTIFIERS, PARTIES, LakeTable
from prevenance.sources.judging import RECORD
from prevenance.sources.mapping import ConsentBlock, EventBlock, PartyBlock
from prevenance.sources.plan import PARTY_SLOTS, Plan
from prevenance.sources.values import condition_expr, digest_expr, json_expr, value_expr

_MONEY = "decimal(18, 2)"
_AT = "timestamp(6)"
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"
_SIGNS = {"EUR": ("€", "eur"), "USD": ("$", "usd"), "GBP": ("£", "gbp"), "CHF": ("chf",)}
_IDS = {"subject", "account_subject", "object_id"}
_NOT_CONTENT = {
    "event_id",
    "party_id",
    "source",
    "stream",
    "record_id",
    "row_hash",
    "known_at",
    "superseded_at",
    "changed_at",
}


def facts_expr(rows: ir.Table, plan: Plan) -> ir.Table | None:
    """Return the events that these rows tell, or `None` for a stream without events."""
    blocks = [_event_expr(rows, event, plan) for event in plan.stream.events]
    return reduce(lambda left, right: left.union(right), blocks) if blocks else None


def _event_expr(rows: ir.Table, event: EventBlock, plan: Plan) -> ir.Table:
    rows = rows.filter(condition_expr(rows, event.when, plan))
    source, stream = ibis.literal(plan.source.source), ibis.literal(plan.name)
    occurred_at = value_expr(rows, event.occurred_at, "instant", plan)
    lagged = occurred_at + ibis.interval(seconds=event.lag_seconds) if event.lag_seconds else occurred_at
    known_at = ibis.coalesce(value_expr(rows, event.known_at, "instant", plan), lagged)
    amount, currency, as_written = _money(rows, event, plan)
    record = rows[RECORD] if not event.part else rows[RECORD].concat("#", event.part)
    built = rows.select(
        event_id=digest_expr(source, stream, ibis.literal(event.kind), record),
        kind=ibis.literal(event.kind),
        subject=value_expr(rows, event.subject or plan.stream.subject, "text", plan, whole=True),
        occurred_at=occurred_at.cast(_AT),
        known_at=known_at.cast(_AT),
        superseded_at=ibis.null(_AT),
        source=source,
        stream=stream,
        record_id=rows[RECORD],
        object_id=value_expr(rows, event.object_id, "text", plan, whole=True),
        label=value_expr(rows, event.label, "text", plan),
        amount=amount,
        currency=currency,
        quantity=value_expr(rows, event.quantity, "number", plan).cast("float64"),
        limit_quantity=value_expr(rows, event.limit_quantity, "number", plan).cast("float64"),
        due_at=value_expr(rows, event.due_at, "instant", plan).cast(_AT),
        text=value_expr(rows, event.text, "text", plan),
        attributes=json_expr(rows, event.attributes, cells=True, plan=plan, more=as_written),
        changed_at=value_expr(rows, plan.stream.changed_at, "instant", plan).cast(_AT),
    )
    return _hashed(built, FACTS)


def _money(rows: ir.Table, event: EventBlock, plan: Plan) -> tuple[ir.Value, ir.Value, dict[str, ir.Value]]:
    """Return the amount and its currency, and as it was written where a rate of the mapping converts it."""
    written = value_expr(rows, event.amount, "number", plan)
    home, rates = ibis.literal(plan.source.currency), plan.source.exchange_rates
    currency = ibis.coalesce(value_expr(rows, event.currency, "text", plan), _sign(rows, event), home)
    if not rates or event.amount is None:
        return written.cast(_MONEY), ibis.ifelse(written.notnull(), currency, ibis.null("string")), {}
    rate = ibis.cases(*[(currency == code, ibis.literal(worth, "float64")) for code, worth in rates.items()])
    amount = ibis.ifelse(rate.notnull(), (written * rate).round(2), written).cast(_MONEY)
    said = written.cast(_MONEY).cast("string").concat(" ", currency)
    kept = {"amount_as_written": ibis.ifelse(rate.notnull(), said, ibis.null("string"))}
    held = ibis.ifelse(rate.notnull(), home, currency)
    return amount, ibis.ifelse(written.notnull(), held, ibis.null("string")), kept


def _sign(rows: ir.Table, event: EventBlock) -> ir.Value:
    """Return the currency that stands in the amount's own cell, as in “12,50 $”."""
    column = event.amount.only_column if event.amount is not None else None
    is_text = column is not None and column in rows.columns and rows[column].type().is_string()
    if not is_text:
        return ibis.null("string")
    cell = rows[column].lower()
    return ibis.cases(*[(ibis.or_(*map(cell.contains, signs)), code) for code, signs in _SIGNS.items()])


def parties_expr(rows: ir.Table, plan: Plan, as_of: datetime) -> ir.Table | None:
    """Return who these rows describe, or `None` for a stream without parties.

    A party without a date of its own is known from `as_of` on: nothing says that it was known before.
    """
    party = plan.stream.party
    if party is None:
        return None
    rows = rows.filter(condition_expr(rows, party.when, plan))
    values = {
        name: value_expr(rows, getattr(party, name), slot, plan, whole=name in _IDS)
        for name, slot in PARTY_SLOTS.items()
    }
    known_at = ibis.coalesce(values.pop("known_at"), values["created_at"], ibis.literal(naive_utc(as_of)).cast(_AT))
    full_name = values["first_name"].fill_null("").concat(" ", values["last_name"].fill_null("")).strip().nullif("")
    built = rows.select(
        party_id=_party_id(rows, plan),
        party_kind=ibis.literal(party.kind),
        **{**values, "name": ibis.coalesce(values["name"], full_name), "birth_on": values["birth_on"].cast("date")},
        source=ibis.literal(plan.source.source),
        stream=ibis.literal(plan.name),
        record_id=rows[RECORD],
        known_at=known_at.cast(_AT),
        superseded_at=ibis.null(_AT),
        attributes=json_expr(rows, party.attributes, cells=True, plan=plan),
        as_written=_as_written_expr(rows, party, plan),
        changed_at=value_expr(rows, plan.stream.changed_at, "instant", plan).cast(_AT),
    )
    return _hashed(built, PARTIES)


def _as_written_expr(rows: ir.Table, party: PartyBlock, plan: Plan) -> ir.Value:
    """Return as JSON what cleaning changed, as it was written, by slot; null where it changed nothing."""
    raw: dict[str, ir.Value] = {}
    for name, slot in PARTY_SLOTS.items():
        value = getattr(party, name)
        column = value.only_column if value is not None else None
        if slot == "text" and column is not None and plan.ground_of(column) is not None:
            written = rows[column].cast("string").strip()
            is_changed = (written != value_expr(rows, value, slot, plan)).fill_null(False)
            raw[name] = ibis.ifelse(is_changed, written, ibis.null("string"))
    if not raw:
        return ibis.null("string")
    is_any = ibis.or_(*[written.notnull() for written in raw.values()])
    return ibis.ifelse(is_any, ibis.struct(raw).cast("json").cast("string"), ibis.null("string"))


def identifiers_expr(rows: ir.Table, plan: Plan, as_of: datetime) -> ir.Table | None:
    """Return by what each party is known: its own subject, and the namespaces that the mapping names."""
    party = plan.stream.party
    if party is None:
        return None
    rows = rows.filter(condition_expr(rows, party.when, plan))
    told = [value_expr(rows, value, "instant", plan) for value in (party.known_at, party.created_at)]
    known_at = ibis.coalesce(*told, ibis.literal(naive_utc(as_of)).cast(_AT))
    subject = value_expr(rows, plan.stream.subject, "text", plan, whole=True)
    common = {
        "party_id": _party_id(rows, plan),
        "source": ibis.literal(plan.source.source),
        "known_at": known_at.cast(_AT),
    }
    own = rows.select(
        **common, namespace=subject.re_extract(r"^([^:]*):", 1), value=subject.re_extract(r"^[^:]*:(.*)$", 1)
    )
    others = [
        rows.select(
            **common,
            namespace=ibis.literal(namespace),
            value=value_expr(rows, value, "text", plan, whole=True).re_replace(f"^{namespace}:", ""),
        )
        for namespace, value in plan.stream.identifiers.items()
    ]
    every = reduce(lambda left, right: left.union(right), [own, *others])
    is_usable = (every.namespace != "email") | every.value.re_search(_EMAIL)
    filled = every.filter(every.value.notnull(), every.value != "", is_usable)
    keyed = filled.group_by(list(IDENTIFIERS.key)).agg(source=filled.source.min(), known_at=filled.known_at.min())
    return keyed.select(*IDENTIFIERS.columns)


def consents_expr(rows: ir.Table, plan: Plan, as_of: datetime) -> ir.Table | None:
    """Return which choices these rows record, or `None` for a stream without consents."""
    blocks = [_consent_expr(rows, consent, plan, as_of) for consent in plan.stream.consents]
    return reduce(lambda left, right: left.union(right), blocks) if blocks else None


def _consent_expr(rows: ir.Table, consent: ConsentBlock, plan: Plan, as_of: datetime) -> ir.Table:
    given = value_expr(rows, consent.given, "boolean", plan)
    objected = value_expr(rows, consent.objected, "boolean", plan)
    # Spelled out: Ibis 12 writes `(~x).notnull()` as NOT (x IS NOT NULL), which is something else.
    is_given = (
        given if consent.objected is None else ibis.cases((objected.notnull(), ibis.ifelse(objected, False, True)))
    )
    recorded_at = value_expr(rows, consent.recorded_at, "instant", plan)
    told = value_expr(rows, consent.known_at, "instant", plan)
    known_at = ibis.coalesce(recorded_at, told, ibis.literal(naive_utc(as_of)).cast(_AT))
    built = rows.select(
        source=ibis.literal(plan.source.source),
        stream=ibis.literal(plan.name),
        record_id=rows[RECORD],
        subject=value_expr(rows, consent.subject or plan.stream.subject, "text", plan, whole=True),
        channel=ibis.literal(consent.channel),
        purpose=ibis.literal(consent.purpose),
        is_given=is_given,
        recorded_at=recorded_at.cast(_AT),
        known_at=known_at.cast(_AT),
        proof=value_expr(rows, consent.proof, "text", plan),
    )
    return built.filter(built.is_given.notnull(), built.subject.notnull()).select(*CONSENT_RECORDS.columns)


def _party_id(rows: ir.Table, plan: Plan) -> ir.Value:
    return ibis.literal(f"{plan.source.source}:{plan.name}:").concat(rows[RECORD])


def _hashed(built: ir.Table, table: LakeTable) -> ir.Table:
    """Return the rows with the hash of what they say; when it was known is not part of what is said."""
    content = [built[column] for column in table.columns if column in built.columns and column not in _NOT_CONTENT]
    return built.mutate(row_hash=digest_expr(*content)).select(*table.columns)
