"""Ask whether data that the law protects most (GDPR Art. 9) stand in a field or in people's words."""

from collections.abc import Iterator

import ibis.expr.types as ir
from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.words import Words
from prevenance.records.special_categories import SPECIAL_CATEGORIES, category_expr, category_of_name

_NAMED = Words(
    fr="Le champ « {field} » annonce une donnée sensible : {category}",
    en="The field “{field}” announces a sensitive datum: {category}",
)
_NAMED_LOADED = Words(
    fr="Il est chargé, sur la base « {basis} ». L’article 9 du RGPD l’interdit sans accord explicite.",
    en="It is loaded, on the basis “{basis}”. Article 9 of the GDPR forbids it without explicit consent.",
)
_NAMED_KEPT_OUT = Words(
    fr="Il n’est pas chargé : rien à craindre tant qu’il reste sans fondement.",
    en="It is not loaded: nothing to fear as long as it stays without a ground.",
)
_NAMED_REPAIR = Words(
    fr="Dans la correspondance de cette source, écrivez `{column}: null` ; ou donnez-lui un fondement `consent`.",
    en="In the mapping of this source write `{column}: null`; or give it a ground with the basis `consent`.",
)
_WRITTEN = Words(
    fr="« {source} », données sensibles dans des textes ({n}) : {category}",
    en="“{source}”, sensitive data in texts ({n}): {category}",
)
_WRITTEN_DETAIL = Words(
    fr="Soit {p} des textes de ce flux. Ce sont des mots reconnus, non des certitudes : lisez les exemples.",
    en="That is {p} of this stream’s texts. Words were recognised, nothing is certain: read the examples.",
)
_WRITTEN_REPAIR = Words(
    fr="Effacez ces passages à la source, puis rechargez ; si le texte ne sert pas, écrivez `null` devant son champ.",
    en="Erase these passages in the source, then load again; if the text serves no purpose, map its field to `null`.",
)
_GAIN = Words(
    fr="Aucune décision ne repose sur une donnée que la loi protège (amende : jusqu’à 4 % des ventes).",
    en="No decision rests on data that the law protects (fine: up to 4% of sales).",
)


def _run(context: AuditContext) -> tuple[Finding, ...]:
    return (*_by_name(context), *_by_content(context))


def _by_name(context: AuditContext) -> Iterator[Finding]:
    for field, basis in sorted(context.bases.items()):
        column = field.split(".", 2)[-1]
        category = category_of_name(column)
        if category is None or basis == "consent":
            continue
        kept_out = basis is None
        yield Finding(
            check="special_categories",
            severity="advice" if kept_out else "serious",
            title=_in(_NAMED, category, field=field),
            detail=_NAMED_KEPT_OUT if kept_out else tell(_NAMED_LOADED, basis=str(basis)),
            n_rows=1,
            share=None,
            sample=(field,),
            repair=tell(_NAMED_REPAIR, column=column),
            gain=_GAIN,
            source=field.partition(".")[0],
        )


def _by_content(context: AuditContext) -> Iterator[Finding]:
    texts = context.facts.filter(_.text.notnull())
    judged = context.lake.stage(_judged_expr(texts))
    totals = {
        (row["source"], row["stream"]): row["n"]
        for row in context.rows(texts.group_by("source", "stream").agg(n=_.count()))
    }
    counted = judged.group_by("source", "stream", "category").agg(n=_.record_id.nunique())
    for row in context.rows(counted.order_by(["source", "stream", "category"])):
        where = (_.source == row["source"]) & (_.stream == row["stream"]) & (_.category == row["category"])
        share = share_of(row["n"], totals[row["source"], row["stream"]]) or 0.0
        yield Finding(
            check="special_categories",
            severity="important",
            title=_in(_WRITTEN, row["category"], source=f"{row['source']} / {row['stream']}", n=row["n"]),
            detail=tell(_WRITTEN_DETAIL, p=min(share, 1.0)),
            n_rows=row["n"],
            share=min(share, 1.0),
            sample=context.sample(judged.filter(where), "record_id"),
            repair=_WRITTEN_REPAIR,
            gain=_GAIN,
            source=row["source"],
        )


def _judged_expr(texts: ir.Table) -> ir.Table:
    return texts.select("source", "stream", "record_id", category=category_expr(texts.text)).filter(
        _.category.notnull()
    )


def _in(words: Words, category: str, **figures: str | int) -> Words:
    named = SPECIAL_CATEGORIES[category]
    return Words(fr=tell(words, **figures, category=named.fr).fr, en=tell(words, **figures, category=named.en).en)


SPECIAL_DATA = Check(
    name="special_categories",
    words=Words(fr="Y a-t-il des données sensibles ?", en="Are there sensitive data?"),
    run=_run,
)
