"""Ask whether each field that is in use has a legal basis. No basis, no use (F1)."""

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.words import Words

_TITLE = Words(fr="{n} {n|champ|champs} sans base légale", en="{n} {n|field|fields} without a legal basis")
_DETAIL = Words(
    fr="Ces champs existent mais ne sont pas chargés, faute de finalité et de base légale : {fields}.",
    en="These fields exist in the sources but are not loaded, because no purpose and legal basis is given: {fields}.",
)
_REPAIR = Words(
    fr="Dans la correspondance, donnez à chaque champ utile un fondement (`ground`) ; laissez les autres de côté.",
    en="In the mapping file give each useful field a ground (`ground`); leave the others out.",
)
_GAIN = Words(
    fr="Les champs utiles peuvent être employés, et le registre des traitements est exact.",
    en="Useful fields may be used, and the records of processing are right.",
)
_SHOWN = 8


def _run(context: AuditContext) -> tuple[Finding, ...]:
    bare = sorted(name for name, basis in context.bases.items() if basis is None)
    if not bare:
        return ()
    listed = ", ".join(bare[:_SHOWN]) + (" …" if len(bare) > _SHOWN else "")
    return (
        Finding(
            check="legal_basis",
            severity="advice",
            title=tell(_TITLE, n=len(bare)),
            detail=tell(_DETAIL, fields=listed),
            n_rows=len(bare),
            share=share_of(len(bare), len(context.bases)),
            sample=tuple(bare[:5]),
            repair=_REPAIR,
            gain=_GAIN,
            command=_line(bare[0]),
        ),
    )


def _line(field: str) -> str:
    """Return the line of YAML that gives a field its ground, and where it goes."""
    source, stream, name = field.split(".", 2)
    return f'mappings/{source}.yaml, streams.{stream}.fields:  "{name}": contract'


LEGAL_BASIS = Check(
    name="legal_basis",
    words=Words(fr="Chaque champ a-t-il une base légale ?", en="Does each field have a legal basis?"),
    run=_run,
)
