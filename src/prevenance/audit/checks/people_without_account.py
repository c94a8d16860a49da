"""Ask which people belong to no company where their colleagues do: what happens to them is missing from its history."""

from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.words import Words

_TITLE = Words(
    fr="{p} des personnes de « {source} » ne sont rattachées à aucune entreprise",
    en="{p} of the people in “{source}” belong to no company",
)
_DETAIL = Words(fr="{n} {n|personne|personnes} sur {total}.", en="{n} of {total} people.")
_REPAIR = Words(
    fr="Dans « {source} », rattachez-les à leur organisation ; l’adresse e-mail dit souvent laquelle.",
    en="In “{source}” put them into their organisation; the e-mail address often tells which.",
)
_GAIN = Words(
    fr="Les demandes de {n} {n|personne|personnes} comptent dans l’histoire de {n|son|leur} entreprise.",
    en="The requests of {n} {n|person|people} count in the history of their company.",
)
_SILENT_BELOW, _NOT_MEANT_FROM = 0.01, 0.95


def _run(context: AuditContext) -> tuple[Finding, ...]:
    people = context.parties.filter(_.party_kind == "person")
    counted = people.group_by("source", "stream").agg(total=_.count(), n=_.account_subject.isnull().sum())
    found = []
    for row in context.rows(counted.order_by("source", "stream")):
        share = share_of(row["n"], row["total"]) or 0.0
        # Where nobody belongs to a company, the customers are private people: that is no fault.
        if _SILENT_BELOW <= share < _NOT_MEANT_FROM:
            place = f"{row['source']} / {row['stream']}"
            rows = people.filter((_.source == row["source"]) & (_.stream == row["stream"]) & _.account_subject.isnull())
            found.append(
                Finding(
                    check="people_without_account",
                    severity="important",
                    title=tell(_TITLE, p=share, source=place),
                    detail=tell(_DETAIL, n=row["n"], total=row["total"]),
                    n_rows=row["n"],
                    share=share,
                    sample=context.sample(rows, "party_id"),
                    repair=tell(_REPAIR, source=place),
                    gain=tell(_GAIN, n=row["n"]),
                    source=row["source"],
                )
            )
    return tuple(found)


PEOPLE_WITHOUT_ACCOUNT = Check(
    name="people_without_account",
    words=Words(fr="Chacun a-t-il son entreprise ?", en="Has everybody a company?"),
    run=_run,
)
