"""Tell what the product measures of each workspace: seats, storage, calls, plans; and who belongs to it."""

import numpy as np

from prevenance.demo.population import API_LIMITS, MONTHLY_FEES, PLANS, STORAGE_LIMITS
from prevenance.demo.scale import N_MONTHS, Ints
from prevenance.demo.text import digits, join, money, pick
from prevenance.demo.usage_month import UsageMonth

_API = 5  # its place among the features


def add_measurements(now: UsageMonth) -> None:
    """Add storage and calls each month, seats and plans when they change."""
    users = now.users()
    _add_storage_and_calls(now, users)
    _add_seats(now, users)
    _add_plan_changes(now, users)


def _add_storage_and_calls(now: UsageMonth, users: Ints) -> None:
    early = now.first[users] * 86_400 + 3 * 3_600
    plan = now.life.plan[users, now.month].astype(np.int64)
    stored = money((now.life.storage[users, now.month] * 100).astype(np.int64))
    storage = join('{"gb":', stored, ',"limit":', digits(STORAGE_LIMITS[plan]), "}")
    now.add("Storage Measured", users, None, early + 60, storage)
    callers = now.habit.adopted[users, _API] & (plan == 2)
    who = users[callers]
    share = 0.22 * now.life.activity[who, now.month] * np.exp(now.chance.normal(0, 0.15, who.size))
    calls = (API_LIMITS[2] * np.clip(share, 0, 1)).astype(np.int64)
    measured = join('{"calls":', digits(calls), ',"limit":', digits(np.full(who.size, API_LIMITS[2])), "}")
    now.add("API Calls Measured", who, None, early[callers] + 120, measured)


def _add_seats(now: UsageMonth, users: Ints) -> None:
    seats, limit, before = now.life.seats, now.life.seat_limit, max(now.month - 1, 0)
    moved = (seats[users, now.month] != seats[users, before]) | (limit[users, now.month] != limit[users, before])
    who = users[moved | _is_new(now, users)]
    day = now.first[who] + 1 + (now.chance.random(who.size) * 12).astype(np.int64)
    at = np.minimum(day, now.last[who] - 1) * 86_400 + 32_000
    used, allowed = (digits(side[who, now.month].astype(np.int64)) for side in (seats, limit))
    now.add("Seats Changed", who, None, at, join('{"seats":', used, ',"limit":', allowed, "}"))
    grew = now.life.new_members[who, now.month] > 0
    added = digits(now.life.new_members[who[grew], now.month].astype(np.int64))
    now.add("Member Added", who[grew], None, at[grew] - 60, join('{"n":', added, "}"))


def _add_plan_changes(now: UsageMonth, users: Ints) -> None:
    """Tell of a change on the day on which the new term begins."""
    after = min(now.month + 1, N_MONTHS - 1)
    moved = users[now.life.plan[users, after] != now.life.plan[users, now.month]]
    plan = now.life.plan[moved, after].astype(np.int64)
    at = (now.first[moved] + now.population.anchor_day[moved]) * 86_400 + 25_000
    fee = money((MONTHLY_FEES[plan] * 100).astype(np.int64))
    now.add("Plan Changed", moved, None, at, join('{"plan":"', pick(PLANS, plan), '","mrr":', fee, "}"))


def add_introductions(now: UsageMonth) -> None:
    """Introduce people and workspaces once: at the start of the history, or on joining; traits are written later."""
    users = now.users()
    new = users[_is_new(now, users)]
    now.add("group", new, None, now.first[new] * 86_400 + 21_600, _blank(new.size))
    is_new = np.zeros(now.population.n, bool)
    is_new[new] = True
    person = np.nonzero(is_new[now.people.customer] & now.people.is_user)[0]
    customer = now.people.customer[person]
    now.add("identify", customer, person, now.first[customer] * 86_400 + 21_700, _blank(person.size))


def _is_new(now: UsageMonth, users: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray((now.population.joined[users] == now.month) | (now.month == 0))


def _blank(n: int) -> object:
    return pick([""], np.zeros(n, np.int64))
