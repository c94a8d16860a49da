"""Record that a project with a customer was completed.

Example:
    >>> PROJECT_COMPLETED.sentence.en
    'Project completed: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

PROJECT_COMPLETED = EventKind(
    name="project_completed",
    subject="customer",
    sentence=Words(fr="Projet terminé : {label}", en="Project completed: {label}"),
    object="project",
    fields={
        "object_id": Words(fr="le projet", en="the project"),
        "label": Words(fr="le nom du projet", en="the project's name"),
    },
    sensitivity="personal",
)
