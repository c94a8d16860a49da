"""Ask whether letters were garbled on the way: `SociÃ©tÃ©` was written in one encoding and read in another."""

from functools import reduce

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.words import Words

_TITLE = Words(fr="« {source} », textes aux lettres abîmées ({n})", en="“{source}”, texts with garbled letters ({n})")
_DETAIL = Words(
    fr="Par exemple « {value} ». Un texte écrit en UTF-8 a été lu comme du Windows-1252 ({p} des lignes).",
    en="For example “{value}”. A text written as UTF-8 was read as Windows-1252 ({p} of the rows).",
)
_REPAIR = Words(
    fr="Dans la correspondance de « {source} », écrivez sous `options` : `encoding: utf-8` ; si l’export lui-même "
    "est abîmé, demandez-le à nouveau en UTF-8.",
    en="In the mapping of “{source}” write under `options`: `encoding: utf-8`; if the export itself is "
    "garbled, ask for it again in UTF-8.",
)
_GAIN = Words(
    fr="{n} {n|nom ou message redevient lisible|noms et messages redeviennent lisibles}, et les fiches se "
    "rapprochent à nouveau.",
    en="{n} {n|name or message|names and messages} can be read again, and records match again.",
)
# A capital A with a tilde that a sign follows: no language writes that.
_GARBLED = r"Ã[^A-Za-z\s]|â€|Â[°«»§\x{a0} ]|\x{fffd}"
_SHOWN = 40


def _run(context: AuditContext) -> tuple[Finding, ...]:
    rows = context.lake.stage(_texts_expr(context))
    counted = rows.group_by("source", "stream").agg(
        total=_.record_id.nunique(),
        n=_.record_id.nunique(where=_.is_garbled),
        value=_.text.min(where=_.is_garbled),
    )
    found = []
    for row in context.rows(counted.filter(_.n > 0).order_by("source", "stream")):
        place = f"{row['source']} / {row['stream']}"
        share = share_of(row["n"], row["total"]) or 0.0
        where = (_.source == row["source"]) & (_.stream == row["stream"]) & _.is_garbled
        found.append(
            Finding(
                check="garbled_text",
                severity="important",
                title=tell(_TITLE, source=place, n=row["n"]),
                detail=tell(_DETAIL, value=row["value"][:_SHOWN], p=share),
                n_rows=row["n"],
                share=share,
                sample=context.sample(rows.filter(where), "record_id"),
                repair=tell(_REPAIR, source=place),
                gain=tell(_GAIN, n=row["n"]),
                source=row["source"],
            )
        )
    return tuple(found)


def _texts_expr(context: AuditContext) -> ir.Table:
    """Return every text that people wrote, of records and of facts, and whether its letters are garbled."""
    parties, facts = context.parties, context.facts
    columns = [parties[name] for name in ("name", "first_name", "last_name", "address", "city")]
    columns += [facts[name] for name in ("text", "label")]
    tables = [
        table.select("source", "stream", "record_id", text=column)
        for table, column in zip([parties] * 5 + [facts] * 2, columns, strict=True)
    ]
    every = reduce(lambda left, right: left.union(right), tables)
    return every.filter(every.text.notnull()).mutate(is_garbled=ibis._.text.re_search(_GARBLED))


GARBLED_TEXT = Check(
    name="garbled_text",
    words=Words(fr="Les lettres sont-elles intactes ?", en="Are the letters intact?"),
    run=_run,
)
