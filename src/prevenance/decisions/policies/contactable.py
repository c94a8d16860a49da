"""Ask the privacy gate, in bulk: consent, opt-out and contact pressure, by the very rules of the moment of sending."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from prevenance.decisions.base import OPTION_KEY, Policy, World
from prevenance.decisions.contact import contact_request
from prevenance.kit.words import Words
from prevenance.privacy import Permit, ask_many
from prevenance.records.answers import Undetermined

_ANSWERS = pa.schema(
    {
        "play": pa.string(),
        "customer_id": pa.int64(),
        "channel": pa.string(),
        "rule": pa.string(),
        "fr": pa.string(),
        "en": pa.string(),
        "is_undetermined": pa.bool_(),
    }
)


def _refused(options: ir.Table, world: World) -> ir.Table:
    rows = world.lake.collect(options).to_pylist()
    requests = [contact_request(row, world.plays[row["play"]], world.capacity.time_zone) for row in rows]
    refusals = [
        {column: row[column] for column in OPTION_KEY}
        | {"rule": answer.rule, "fr": answer.reason.fr, "en": answer.reason.en}
        | {"is_undetermined": isinstance(answer, Undetermined)}
        for row, answer in zip(rows, ask_many(world.tx, requests, at=world.as_of), strict=True)
        if not isinstance(answer, Permit)
    ]
    return ibis.memtable(pa.Table.from_pylist(refusals, schema=_ANSWERS))


CONTACTABLE = Policy(
    name="contactable",
    order=90,  # the dearest question, asked only of what is left
    reason=Words(
        fr="Ce client ne peut pas être contacté par ce canal.",
        en="This customer may not be contacted by this channel.",
    ),
    refused=_refused,
)
