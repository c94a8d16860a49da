"""Ask how much of what happens with customers the CRM never hears of.

In practice 60 % of interactions are missing from the CRM (A4).
"""

from prevenance.audit.base import AuditContext, Check, Finding, tell
from prevenance.audit.coverage import coverage_of
from prevenance.kit.words import Words

_TITLE = Words(
    fr="{p} des échanges connus de « {source} » manquent dans le CRM",
    en="{p} of the contacts known to “{source}” are missing from the CRM",
)
_DETAIL = Words(
    fr="{n} {n|échange|échanges} sur {total} {n|n’a|n’ont} pas de trace dans le CRM le jour même ou le lendemain.",
    en="{n} of {total} contacts {n|leaves|leave} no trace in the CRM on the day or the next.",
)
_REPAIR = Words(
    fr="Gardez « {source} » relié à Prévenance, ou faites-lui écrire ses échanges dans le CRM.",
    en="Keep “{source}” connected to Prévenance, or let it write its contacts to the CRM.",
)
_GAIN = Words(
    fr="{n} {n|échange|échanges} de plus dans l’histoire des clients ; sans eux, un client mécontent paraît "
    "silencieux.",
    en="{n} more {n|contact|contacts} in the customers’ histories; without them an unhappy customer looks silent.",
)
_FINE_FROM = 0.9


def _run(context: AuditContext) -> tuple[Finding, ...]:
    found = []
    for coverage in coverage_of(context):
        missing = coverage.n_contacts - coverage.n_in_crm
        if coverage.rate < _FINE_FROM:
            found.append(
                Finding(
                    check="touch_point_coverage",
                    severity="serious" if coverage.rate < 0.5 else "important",
                    title=tell(_TITLE, p=1 - coverage.rate, source=coverage.source),
                    detail=tell(_DETAIL, n=missing, total=coverage.n_contacts),
                    n_rows=missing,
                    share=1 - coverage.rate,
                    sample=(),
                    repair=tell(_REPAIR, source=coverage.source),
                    gain=tell(_GAIN, n=missing),
                )
            )
    return tuple(found)


TOUCH_POINT_COVERAGE = Check(
    name="touch_point_coverage",
    words=Words(fr="Le CRM sait-il ce que les autres savent ?", en="Does the CRM know what the others know?"),
    run=_run,
)
