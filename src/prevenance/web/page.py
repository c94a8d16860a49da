"""Describe a page of the face: its routes, and its place in the navigation if it has one."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter

from prevenance.records.screens import ROLES, Role


@dataclass(frozen=True)
class Place:
    """Puts a page into the navigation.

    Attributes:
        position: smaller comes first.
        path: where its link leads.
        icon: name of a picture in `templates/parts/icons.html`.
        key: the letter after `g` that goes there.
        roles: who sees the link; the routes decide by themselves who may open them.
    """

    position: int
    path: str
    icon: str
    key: str
    roles: tuple[Role, ...] = ROLES


@dataclass(frozen=True)
class Page:
    """Holds one page: a file of `pages/`, its router, its place. Its title is the sentence `<name>.title`."""

    name: str
    router: APIRouter
    place: Place | None = None


def navigation(pages: Mapping[str, Page]) -> list[tuple[str, Place]]:
    """Return the name and place of the pages that have one, in order."""
    placed = [(page.name, page.place) for page in pages.values() if page.place is not None]
    return sorted(placed, key=lambda named: named[1].position)
