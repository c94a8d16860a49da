"""Ask how many rows were refused at the door, and for which reasons. None is dropped silently (A5)."""

from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.words import Words
from prevenance.sources import QUARANTINE_REASONS

_TITLE = Words(fr="« {source} », lignes refusées ({n}) : {reason}", en="“{source}”, refused rows ({n}): {reason}")
_LEFT_BLANK = Words(
    fr="« {source} », valeurs laissées vides ({n}) : {reason}", en="“{source}”, values left blank ({n}): {reason}"
)
_DETAIL = Words(
    fr="Champ « {field} » ; par exemple « {value} ». Elles représentent {p} des lignes de cette source.",
    en="Field “{field}”; for example “{value}”. They are {p} of this source’s rows.",
)
_REPAIR = Words(
    fr="Corrigez ces valeurs à la source ou dans la correspondance, puis rechargez : les lignes sont conservées.",
    en="Correct these values in the source or in its mapping, then load again: the rows are kept.",
)
_GAIN = Words(
    fr="{n} {n|ligne rejoint|lignes rejoignent} l’histoire des clients.",
    en="{n} {n|row joins|rows join} the customers’ histories.",
)
_SERIOUS_FROM = 0.05
_EXAMPLE = 40  # characters of a refused value that are shown


def _run(context: AuditContext) -> tuple[Finding, ...]:
    kept = context.facts.group_by("source").agg(n_kept=_.record_id.nunique())
    described = context.parties.group_by("source").agg(n_described=_.record_id.nunique())
    totals = kept.join(described, "source", how="outer", rname="{name}_p")
    sizes = {
        (row["source"] or row["source_p"]): (row["n_kept"] or 0) + (row["n_described"] or 0)
        for row in context.rows(totals)
    }
    refused = context.quarantine.group_by("source", "stream", "reason", "field").agg(n=_.count(), value=_.value.min())
    found = []
    for row in context.rows(refused.order_by(["source", "stream", "reason", "field"])):
        share = share_of(row["n"], row["n"] + sizes.get(row["source"], 0)) or 0.0
        place = f"{row['source']} / {row['stream']}"
        rows = context.quarantine.filter(
            (_.source == row["source"]) & (_.stream == row["stream"]) & (_.reason == row["reason"])
        )
        found.append(
            Finding(
                check="quarantine_share",
                severity="serious" if share >= _SERIOUS_FROM else "important" if share >= 0.005 else "advice",
                title=_title(row["reason"], row["n"], place),
                detail=tell(_DETAIL, field=row["field"] or "-", value=(row["value"] or "")[:_EXAMPLE], p=share),
                n_rows=row["n"],
                share=share,
                sample=context.sample(rows, "record_id"),
                repair=_REPAIR,
                gain=tell(_GAIN, n=row["n"]),
                source=row["source"],
                command=f"prevenance quarantine export --source {row['source']}",
            )
        )
    return tuple(found)


def _title(reason: str, n: int, place: str) -> Words:
    words = QUARANTINE_REASONS.get(reason, Words(fr=reason, en=reason))
    frame = _LEFT_BLANK if reason.endswith("_left_blank") else _TITLE
    told = Words(fr=frame.fr.replace("{reason}", words.fr), en=frame.en.replace("{reason}", words.en))
    return tell(told, n=n, source=place)


QUARANTINE_SHARE = Check(
    name="quarantine_share",
    words=Words(fr="Quelles lignes ont été refusées, et pourquoi ?", en="Which rows were refused, and why?"),
    run=_run,
)
