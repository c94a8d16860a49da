"""Record that a project with a customer began.

Example:
    >>> PROJECT_STARTED.sentence.en
    'Project started: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

PROJECT_STARTED = EventKind(
    name="project_started",
    subject="customer",
    sentence=Words(fr="Projet commencé : {label}", en="Project started: {label}"),
    object="project",
    fields={
        "object_id": Words(fr="le projet", en="the project"),
        "label": Words(fr="le nom du projet", en="the project's name"),
    },
    sensitivity="personal",
)
