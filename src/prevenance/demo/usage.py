"""Turn the months into product events: who logged in when, used what, ran into which error."""

import numpy as np

from prevenance.demo.causes import NEVER
from prevenance.demo.chance import expand, generator
from prevenance.demo.history import Life
from prevenance.demo.people import People, someone
from prevenance.demo.population import Population
from prevenance.demo.scale import Floats, Ints, month_start
from prevenance.demo.text import join, pick, utc_seconds
from prevenance.demo.usage_month import Habits, UsageEvents, UsageMonth, begin_month
from prevenance.demo.workspaces import add_introductions, add_measurements

FEATURES = ("dashboard", "reports", "alerts", "mobile", "exports", "api", "maintenance_planner")
PAID_FEATURES = (5, 6)  # Premium only
_FEATURE_SHARES = np.array([0.36, 0.17, 0.12, 0.10, 0.08, 0.10, 0.07])
_ADOPTION = np.array([0.97, 0.75, 0.60, 0.50, 0.45, 0.55, 0.50])
ERROR_CODES = ("E101", "E204", "E305", "E502", "E503", "TIMEOUT", "SYNC-4")


def habits(population: Population, density: float) -> Habits:
    """Draw the customers' habits of use."""
    chance, n = population.chance("habits"), population.n
    size = np.clip(0.6 + 0.2 * np.log(population.n_employees), 0.6, 2.0)
    pull = 1 / (1 + np.exp(-(np.log(_ADOPTION / (1 - _ADOPTION)) + 0.7 * population.engagement[:, None])))
    return Habits(
        logins=6.6 * density * size * np.exp(chance.normal(0, 0.3, n)),
        adopted=chance.random((n, len(FEATURES))) < pull,
        features_per_login=np.exp(chance.normal(-0.35, 0.25, n)),
        errors=0.35 * max(density, 0.5) * np.exp(chance.normal(0, 0.5, n)),
        usual_hour=chance.normal(10.5, 1.2, n),
    )


def month_of_usage(population: Population, people: People, life: Life, habit: Habits, month: int) -> UsageEvents:
    """Return all product events of one month."""
    now = begin_month(population, people, life, habit, month)
    _add_logins_and_features(now)
    _add_errors(now)
    _add_crashes(now)
    add_measurements(now)
    add_introductions(now)
    return now.in_order()


def _add_logins_and_features(now: UsageMonth) -> None:
    customer, _ = expand(now.chance.poisson(now.habit.logins * now.life.activity[:, now.month])[:, None])
    day = _day_within(customer, now)
    person = someone(now.people, customer, now.people.is_user, now.chance)
    keep = np.unique(person * 100_000 + day, return_index=True)[1]  # one login a day and person
    customer, person, day = customer[keep], person[keep], day[keep]
    second = utc_seconds(day, _clock(_hours(now, customer, day)), now.population.is_french[customer])
    now.add("Logged In", customer, person, second, pick(["{}"], np.zeros(customer.size, np.int64)))
    login, _ = expand(now.chance.poisson(0.9 * now.habit.features_per_login[customer])[:, None])
    feature = np.searchsorted(np.cumsum(_FEATURE_SHARES), 0.9999 * now.chance.random(login.size))
    is_free = ~np.isin(feature, PAID_FEATURES) | (now.life.plan[customer[login], now.month] == 2)
    allowed = now.habit.adopted[customer[login], feature] & is_free
    login, feature = login[allowed], feature[allowed]
    later = second[login] + now.chance.integers(20, 5_400, login.size)
    used = join('{"feature":"', pick(FEATURES, feature), '"}')
    now.add("Feature Used", customer[login], person[login], later, used)


def _hours(now: UsageMonth, customer: Ints, day: Ints) -> Floats:
    """Return the hours of logins: each customer's habit, but deep in the night before an account problem."""
    breaks_out = problem_day(now.population, now.month, now.last)
    breaks_out = np.where(now.life.account_problems[:, now.month] > 0, breaks_out, NEVER * 1_000)[customer]
    is_odd = (day < breaks_out) & (day >= breaks_out - 12)
    usual = now.habit.usual_hour[customer] + now.chance.normal(0, 1.8, day.size)
    return np.asarray(np.where(is_odd, now.chance.uniform(0.5, 4.5, day.size), usual))


def problem_day(population: Population, month: int, last: Ints) -> Ints:
    """Return the day of an account problem or crash in a month: late enough for its signs to come first."""
    drawn = month_start(month) + generator(population.seed, "problem days", str(month)).integers(13, 28, population.n)
    return np.asarray(np.minimum(drawn, last - 1))


def _add_errors(now: UsageMonth) -> None:
    """Add the everyday errors, more of them where more is used."""
    activity = np.minimum(now.life.activity[:, now.month], 3)
    customer, _ = expand(now.chance.poisson(now.habit.errors * now.life.active[:, now.month] * activity)[:, None])
    hour = now.chance.normal(13, 2.5, customer.size)
    second = utc_seconds(_day_within(customer, now), _clock(hour), now.population.is_french[customer])
    code = now.chance.integers(0, len(ERROR_CODES), customer.size)
    _add_error_events(now, customer, second, code)


def _add_crashes(now: UsageMonth) -> None:
    """Add crashes, each after a burst of the same error within forty hours."""
    crashed = np.nonzero((now.life.crashes[:, now.month] > 0) & (now.last > now.first))[0]
    day = problem_day(now.population, now.month, now.last)[crashed]
    second = utc_seconds(day, _clock(now.chance.normal(14, 2, crashed.size)), now.population.is_french[crashed])
    code = crashed % len(ERROR_CODES)
    burst, _ = expand(now.chance.integers(5, 14, crashed.size)[:, None])
    before = second[burst] - now.chance.integers(300, 40 * 3_600, burst.size)
    _add_error_events(now, crashed[burst], before, code[burst])
    now.add("Crash", crashed, None, second, join('{"code":"', pick(ERROR_CODES, code), '"}'))


def _add_error_events(now: UsageMonth, customer: Ints, second: Ints, code: Ints) -> None:
    person = someone(now.people, customer, now.people.is_user, now.chance)
    now.add("Error", customer, person, second, join('{"code":"', pick(ERROR_CODES, code), '"}'))


def _day_within(customer: Ints, now: UsageMonth) -> Ints:
    """Draw days of use; most weekend days move back into the week."""
    first, last = now.first[customer], now.last[customer]
    day = first + (now.chance.random(customer.size) * np.maximum(last - first, 1)).astype(np.int64)
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    moved = day - weekday + now.chance.integers(0, 5, day.size)
    goes_back = (weekday >= 5) & (now.chance.random(day.size) < 0.85) & (moved >= first)
    return np.asarray(np.where(goes_back, moved, day))


def _clock(hour: Floats) -> Ints:
    return np.asarray(np.clip(hour * 3_600, 60, 86_000).astype(np.int64))
