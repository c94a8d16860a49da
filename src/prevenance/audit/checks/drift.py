"""Ask what became worse since the last audit: an export that lost a column's content shows here first."""

from prevenance.audit.base import AuditContext, Check, Finding, tell
from prevenance.audit.profile import MEASURES, previous_profiles, profiles_of
from prevenance.kit.words import Words

_TITLE = Words(
    fr="« {source} » s’est dégradée depuis le dernier audit : {measure}",
    en="“{source}” became worse since the last audit: {measure}",
)
_DETAIL = Words(fr="{now}, contre {before} la dernière fois.", en="{now}, against {before} last time.")
_FEWER = Words(
    fr="« {source} » a perdu des lignes depuis le dernier audit", en="“{source}” lost rows since the last audit"
)
_FEWER_DETAIL = Words(
    fr="{now} lignes ({measure}), contre {before} la dernière fois.",
    en="{now} rows ({measure}), against {before} last time.",
)
_REPAIR = Words(
    fr="Comparez le dernier export de « {source} » au précédent : une colonne a changé de nom, de format ou de sens.",
    en="Compare the last export of “{source}” with the one before: a column changed its name, format or meaning.",
)
_GAIN = Words(
    fr="Un changement d’export n’est pas pris pour un changement des clients.",
    en="A change of the export is not taken for a change of the customers.",
)
_WORSE_BY = 0.05
_FEWER_THAN = 0.7


def _run(context: AuditContext) -> tuple[Finding, ...]:
    before = previous_profiles(context)
    found = []
    for source, now in sorted(profiles_of(context).items()):
        for measure, words in MEASURES.items():
            if source not in before or measure not in now.shares or measure not in before[source].shares:
                continue
            shares = (now.shares[measure], before[source].shares[measure])
            counts = (now.n_rows[measure], before[source].n_rows[measure])
            if shares[0] <= shares[1] - _WORSE_BY:
                n_rows = round((shares[1] - shares[0]) * counts[0])
                found.append(_finding(source, _TITLE, _DETAIL, words, figures=shares, n_rows=n_rows))
            if counts[0] < _FEWER_THAN * counts[1]:
                lost = counts[1] - counts[0]
                found.append(_finding(source, _FEWER, _FEWER_DETAIL, words, figures=counts, n_rows=lost))
    return tuple(found)


def _finding(
    source: str,
    title: Words,
    detail: Words,
    measure: Words,
    *,
    figures: tuple[float, float] | tuple[int, int],
    n_rows: int,
) -> Finding:
    def said(words: Words) -> Words:
        one = {"source": source, "now": figures[0], "before": figures[1]}
        return Words(fr=tell(words, **one, measure=measure.fr).fr, en=tell(words, **one, measure=measure.en).en)

    return Finding(
        check="drift",
        severity="serious",
        title=said(title),
        detail=said(detail),
        n_rows=n_rows,
        share=None,
        sample=(),
        repair=tell(_REPAIR, source=source),
        gain=_GAIN,
    )


DRIFT = Check(
    name="drift",
    words=Words(fr="Qu’est-ce qui s’est dégradé ?", en="What became worse?"),
    run=_run,
)
