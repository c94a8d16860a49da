"""Record that a person read an article of the knowledge base.

Example:
    >>> ARTICLE_READ.sentence.en
    'Read the article {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

ARTICLE_READ = EventKind(
    name="article_read",
    subject="customer",
    sentence=Words(fr="Article consulté : {label}", en="Read the article {label}"),
    object="article",
    fields={
        "object_id": Words(fr="l’article", en="the article"),
        "label": Words(fr="le titre", en="the title"),
    },
    sensitivity="personal",
)
