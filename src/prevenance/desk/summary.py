"""Put a run and this morning's list into words for a terminal."""

from collections.abc import Sequence

from prevenance.kit.words import Language, Words, day, money, number
from prevenance.pipeline import ROAD, RunReport, StageReport
from prevenance.records.screens import Kind, Proposal, Today

_KINDS: dict[Kind, Words] = {
    "risk": Words(fr="Risque", en="Risk"),
    "opportunity": Words(fr="Occasion", en="Opportunity"),
    "service": Words(fr="Service", en="Service"),
    "parts": Words(fr="Pièces", en="Parts"),
}
_WORK = {stage.name: stage.words for stage in ROAD}
_WIDTH = max(max(len(words.fr), len(words.en)) for words in _WORK.values())
_ROWS = Words(fr="{rows} lignes", en="{rows} rows")
_QUARANTINED = Words(fr="{n} en quarantaine", en="{n} in quarantine")
_AUC = Words(
    fr="{question} AUC {auc} (entre {low} et {high}), règle simple {rule}",
    en="{question} AUC {auc} (between {low} and {high}), plain rule {rule}",
)
_VERDICT = Words(fr="{question} {reason}", en="{question} {reason}")
_COUNTS = Words(
    fr="{acted} propositions, {held_out} clients laissés de côté pour mesurer l’effet, {waiting} en attente de place",
    en="{acted} proposals, {held_out} customers held out to measure the effect, {waiting} waiting for room",
)
_EMPTY = Words(fr="Rien à proposer ce matin.", en="Nothing to propose this morning.")
_MORE = Words(fr="… et {n} de plus", en="... and {n} more")
_LINE = Words(fr="   {suggestion} ({value}, d’ici au {due})", en="   {suggestion} ({value}, by {due})")


def summary_in_words(report: RunReport, today: Today, language: Language) -> str:
    """Return what a run did and what it proposes, in words for a terminal."""
    lines = [_stage_line(stage, language) for stage in report.stages]
    lines += ["", *(_target_line(target, language) for target in report.to_json()["targets"])]
    counts = report.to_json()["decisions"]
    shown = {name: number(counts[name], language) for name in ("acted", "held_out", "waiting")}
    lines += ["", _COUNTS.say(language, **shown), "", today_in_words(today.proposals, language, limit=10)]
    return "\n".join(lines)


def today_in_words(proposals: Sequence[Proposal], language: Language, *, limit: int) -> str:
    """Return this morning's list in words for a terminal: who, why, what, how sure."""
    if not proposals:
        return _EMPTY.say(language)
    lines: list[str] = []
    for rank, proposal in enumerate(proposals[:limit], start=1):
        lines.append(
            f"{rank}. [{_KINDS[proposal.kind].say(language)}] {proposal.customer_name} – "
            f"{proposal.title.say(language)}  ({proposal.decision_id})"
        )
        lines += [f"   - {reason.say(language)}" for reason in proposal.reasons[:2]]
        value = "–" if proposal.value is None else money(proposal.value, proposal.currency, language)
        due = "–" if proposal.due_on is None else day(proposal.due_on, language)
        lines.append(_LINE.say(language, suggestion=proposal.suggestion.say(language), value=value, due=due))
        lines.append(f"   {proposal.confidence.say(language)}")
    if len(proposals) > limit:
        lines.append(_MORE.say(language, n=number(len(proposals) - limit, language)))
    return "\n".join(lines)


def _stage_line(stage: StageReport, language: Language) -> str:
    told = [_ROWS.say(language, rows=number(stage.counts.rows_out, language))]
    if stage.counts.quarantined:
        told.append(_QUARANTINED.say(language, n=number(stage.counts.quarantined, language)))
    return f"{_WORK[stage.name].say(language):<{_WIDTH}} {number(stage.seconds, language, 1):>7} s   {', '.join(told)}"


def _target_line(target: dict[str, object], language: Language) -> str:
    question = Words(**target["question"]).say(language)  # type: ignore[arg-type]  # our own JSON: fr and en
    auc, interval, rule = target.get("auc"), target.get("auc_interval"), target.get("baseline_auc")
    if not isinstance(auc, float) or not isinstance(interval, list | tuple):
        return _VERDICT.say(language, question=question, reason=Words(**target["reason"]).say(language))  # type: ignore[arg-type]  # as above
    return _AUC.say(
        language,
        question=question,
        auc=number(auc, language, 2),
        low=number(interval[0], language, 2),
        high=number(interval[1], language, 2),
        rule=number(rule, language, 2) if isinstance(rule, float) else "–",
    )
