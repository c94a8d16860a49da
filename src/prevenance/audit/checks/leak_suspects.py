"""Ask which fields are written once a customer has left: they would let a prediction peek at the answer."""

from collections.abc import Iterator

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, tell
from prevenance.kit.words import Words

_TITLE = Words(
    fr="« {field} » de « {source} » est rempli de « {value} » presque seulement chez des clients partis",
    en="“{field}” in “{source}” says “{value}” almost only of customers who have left",
)
_DETAIL = Words(
    fr="{with_it} {with_it|fiche le dit|fiches le disent} : {p} de ces clients sont partis, contre {q} des autres.",
    en="{with_it} {with_it|record says|records say} so: {p} of these customers have left, and {q} of the others.",
)
_REPAIR = Words(
    fr="Ne prédisez rien avec ce champ, ou datez-le : un fait avec le jour où il a été su.",
    en="Predict nothing from this field, or date it: make it an event with the day on which it was known.",
)
_GAIN = Words(
    fr="Les prédictions de départ ne regardent pas la réponse ; leur justesse mesurée vaut pour demain.",
    en="Predictions of leaving do not peek at the answer; their measured accuracy holds for tomorrow.",
)
_FIELDS = ("segment", "owner", "language", "country", "city")
_FEWEST_GONE = 20
_FEWEST_WITH = 10
_SURE, _ELSEWHERE = 0.95, 0.5
_TAKES_IN = 0.3  # of those who left: a value of a few is chance
_MOST_VALUES = 50


@ibis.udf.scalar.builtin(name="json_extract_string", signature=(("string", "string"), "string"))  # type: ignore[untyped-decorator]  # Ibis types it as Any
def _told(attributes: str, path: str) -> str:
    """Return one text of a JSON object (DuckDB's name for it)."""
    raise NotImplementedError  # the engine's own function runs; this body only carries its types


def _run(context: AuditContext) -> tuple[Finding, ...]:
    gone = context.facts.filter(_.kind == "contract_ended").select("subject").distinct()
    ids = context.identifiers.select("party_id", subject=_.namespace.concat(":", _.value))
    left = ids.semi_join(gone, "subject").select("party_id").distinct().mutate(has_left=1)
    records = context.parties.filter(_.party_kind == "account").left_join(left, "party_id")
    records = records.mutate(has_left=_.has_left.fill_null(0))
    totals = context.rows(records.group_by("source", "stream").agg(n=_.count(), gone=_.has_left.sum()))
    return tuple(
        finding
        for total in sorted(totals, key=lambda total: (total["source"], total["stream"]))
        if total["gone"] >= _FEWEST_GONE
        for field, column in _columns(context, total["source"], total["stream"], records)
        for finding in _suspects(context, records, total, field, column)
    )


def _columns(context: AuditContext, source: str, stream: str, records: ir.Table) -> Iterator[tuple[str, ir.Value]]:
    for field in _FIELDS:
        yield field, records[field]
    mapped = (mapping.streams.get(stream) for mapping in context.mappings if mapping.source == source)
    for found in mapped:
        for column in found.party.attributes if found is not None and found.party is not None else ():
            yield column, _told(records.attributes, f'$."{column}"')


def _suspects(
    context: AuditContext, records: ir.Table, total: dict[str, object], field: str, column: ir.Value
) -> Iterator[Finding]:
    source, stream = str(total["source"]), str(total["stream"])
    n, n_gone = int(str(total["n"])), int(str(total["gone"]))
    own = records.mutate(said=column).filter((_.source == source) & (_.stream == stream) & _.said.notnull())
    counted = own.group_by("said").agg(n=_.count(), gone=_.has_left.sum()).order_by([_.gone.desc(), "said"])
    for row in context.rows(counted.limit(_MOST_VALUES)):
        others = n - row["n"]
        share, elsewhere = row["gone"] / row["n"], (n_gone - row["gone"]) / others if others else 1.0
        takes_in = row["gone"] / n_gone
        if row["n"] < _FEWEST_WITH or share < _SURE or elsewhere > _ELSEWHERE or takes_in < _TAKES_IN:
            continue
        yield Finding(
            check="leak_suspects",
            severity="serious",
            title=tell(_TITLE, field=field, source=source, value=row["said"]),
            detail=tell(_DETAIL, with_it=row["n"], p=share, q=elsewhere),
            n_rows=row["n"],
            share=row["n"] / n,
            sample=context.sample(own.filter(_.said == row["said"]), "record_id"),
            repair=_REPAIR,
            gain=_GAIN,
            source=source,
        )


LEAK_SUSPECTS = Check(
    name="leak_suspects",
    words=Words(fr="Un champ trahit-il la réponse ?", en="Does a field give the answer away?"),
    run=_run,
)
