"""Ask which identifiers name nobody: `n/a`, `0`, `contact@`. They must never join two customers (ID-01)."""

from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.audit.placeholders import trust_expr
from prevenance.kit.words import Words

_TITLE = Words(
    fr="{n} {n|identifiant|identifiants} « {namespace} » de « {source} » ne {n|désigne|désignent} personne",
    en="{n} “{namespace}” {n|identifier|identifiers} of “{source}” {n|names|name} nobody",
)
_DETAIL = Words(
    fr="Par exemple « {value} ». Ils ne servent jamais à rapprocher deux fiches ({p} des identifiants de ce type).",
    en="For example “{value}”. They are never used to join two records ({p} of the identifiers of this kind).",
)
_ROLE_TITLE = Words(
    fr="{n} {n|adresse|adresses} de « {source} » {n|est celle|sont celles} d’un service, non d’une personne",
    en="{n} {n|address|addresses} of “{source}” {n|is that|are those} of a role, not of a person",
)
_REPAIR = Words(
    fr="Remplacez-les par la vraie valeur, ou videz le champ.", en="Replace them by the true value, or empty the field."
)
_GAIN = Words(
    fr="{n} {n|fiche peut être rapprochée|fiches peuvent être rapprochées} avec certitude des autres sources.",
    en="{n} {n|record|records} can be matched with the other sources for sure.",
)


def _run(context: AuditContext) -> tuple[Finding, ...]:
    judged = context.identifiers.mutate(worth=trust_expr(_.namespace, _.value))
    counted = judged.group_by("source", "namespace").agg(
        total=_.count(),
        nobody=(_.worth == "nobody").sum(),
        role=(_.worth == "role").sum(),
        value=_.value.min(where=_.worth == "nobody"),
        role_value=_.value.min(where=_.worth == "role"),
    )
    found = []
    for row in context.rows(counted.order_by("source", "namespace")):
        for worth, title, value in (("nobody", _TITLE, "value"), ("role", _ROLE_TITLE, "role_value")):
            if row[worth]:
                where = (judged.source == row["source"]) & (judged.namespace == row["namespace"])
                share = share_of(row[worth], row["total"]) or 0.0
                found.append(
                    Finding(
                        check="placeholder_values",
                        severity="important" if worth == "nobody" else "advice",
                        title=tell(title, n=row[worth], namespace=row["namespace"], source=row["source"]),
                        detail=tell(_DETAIL, value=row[value] or "", p=share),
                        n_rows=row[worth],
                        share=share,
                        sample=context.sample(judged.filter(where & (judged.worth == worth)), "party_id"),
                        repair=_REPAIR,
                        gain=tell(_GAIN, n=row[worth]),
                        source=row["source"],
                    )
                )
    return tuple(found)


PLACEHOLDER_VALUES = Check(
    name="placeholder_values",
    words=Words(fr="Les identifiants désignent-ils quelqu’un ?", en="Do identifiers name somebody?"),
    run=_run,
)
