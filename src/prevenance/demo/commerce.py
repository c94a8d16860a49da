"""Turn the months into commerce: contract terms, orders, deliveries, invoices and payments, each on its day."""

from dataclasses import dataclass

import numpy as np

from prevenance.demo.causes import NEVER, ORDER_CAUSES
from prevenance.demo.chance import expand, first_of_each, pick_index
from prevenance.demo.history import Life
from prevenance.demo.machines import PARTS
from prevenance.demo.population import MONTHLY_FEES, Population
from prevenance.demo.scale import END_DAY, N_MONTHS, START_DAY, Bools, Floats, Ints, month_start

# code, French name, English name, price in EUR, family; the parts come first, in the order of `machines.PARTS`
PRODUCTS = (
    *((number, french, english, price, "pieces") for number, french, english, price, _, _ in PARTS),
    ("C-2001", "Huile hydraulique 20 L", "Hydraulic oil 20 L", 94.0, "consommables"),
    ("C-2002", "Graisse haute température", "High-temperature grease", 28.5, "consommables"),
    ("C-2003", "Liquide de coupe 10 L", "Cutting fluid 10 L", 76.0, "consommables"),
    ("C-2004", "Chiffons d’atelier (lot de 50)", "Workshop wipes (pack of 50)", 19.9, "consommables"),
    ("A-3001", "Bras de manutention", "Handling arm", 1_290.0, "accessoires"),
    ("A-3002", "Éclairage d’établi LED", "LED bench light", 149.0, "accessoires"),
    ("A-3003", "Carter de protection", "Safety guard", 385.0, "accessoires"),
    ("A-3004", "Kit d’aspiration", "Dust extraction kit", 560.0, "accessoires"),
    ("O-4001", "Jeu de fraises", "Milling cutter set", 230.0, "outillage"),
    ("O-4002", "Mandrin 200 mm", "Chuck 200 mm", 410.0, "outillage"),
    ("O-4003", "Clé dynamométrique", "Torque wrench", 189.0, "outillage"),
    ("S-5001", "Formation sur site (1 jour)", "On-site training (1 day)", 890.0, "services"),
    ("S-5002", "Contrat de maintenance", "Maintenance contract", 1_450.0, "services"),
    ("L-6001", "Licences supplémentaires (5)", "Extra licences (5)", 240.0, "licences"),
    ("L-6002", "Extension de capacité saisonnière", "Seasonal capacity extension", 320.0, "licences"),
)
_CAUSE_PRODUCT = {"licences": 21, "maintenance_contract": 20, "capacity": 22}
# how likely each of four groups of customers buys parts, consumables, accessories, tooling or training
_FAMILY_WEIGHTS = np.array([[4, 1, 0.5, 0.5, 0.1], [1, 4, 0.5, 1, 0.1], [1, 1, 2.5, 1, 0.4], [1, 1.5, 0.7, 3.5, 0.2]])
_FAMILY_FIRST, _FAMILY_SIZE = np.array([0, 8, 12, 16, 19]), np.array([8, 4, 4, 3, 1])
VAT_FREE = 1.0  # amounts are net of tax throughout


@dataclass(frozen=True)
class Contracts:
    """Holds one row per term of a contract, ordered by customer and start."""

    customer: Ints
    plan: Ints
    fee_cents: Ints
    start: Ints
    end: Ints
    ended: Ints  # -1: it did not end
    previous: Ints  # row of the term renewed, -1: none
    next_start: Ints  # -1: not renewed
    is_early: Bools


@dataclass(frozen=True)
class Orders:
    """Holds one row per order, ordered by day."""

    customer: Ints
    product: Ints
    quantity: Ints
    cents: Ints
    day: Ints
    promised: Ints
    delivered: Ints  # at or after the end of the history: still on its way
    is_late: Bools


@dataclass(frozen=True)
class Invoices:
    """Holds one row per invoice, ordered by day; it is for an order or for a contract."""

    customer: Ints
    order: Ints  # -1: for a contract
    contract: Ints  # -1: for an order
    cents: Ints
    issued: Ints
    due: Ints
    paid: Ints  # at or after the end of the history: not paid yet


def left_on(life: Life) -> Ints:
    """Return the day on which each customer left, far away for those who stay."""
    day = month_start(np.minimum(life.left_month, N_MONTHS)) + life.left_day
    return np.where(life.left_month == NEVER, NEVER * 1_000, day)


def contracts(population: Population, life: Life) -> Contracts:
    """Return the terms of all contracts."""
    customer, month, plan = (np.concatenate(part) for part in (life.term_customer, life.term_start, life.term_plan))
    order = np.lexsort((month, customer))
    customer, month, plan = (
        customer[order].astype(np.int64),
        month[order].astype(np.int64),
        plan[order].astype(np.int64),
    )
    anchor = population.anchor_day[customer]
    start, end = month_start(month) + anchor, month_start(month + population.term_months[customer]) + anchor
    follows = np.append(customer[1:] == customer[:-1], False)
    left = left_on(life)[customer]
    ended = np.where(~follows & (left < END_DAY), left, -1)
    discount = np.round(1 - 0.08 * (population.price_sensitivity[customer] > 0.8), 2)
    row = np.arange(customer.size)
    return Contracts(
        customer=customer,
        plan=plan,
        fee_cents=np.round(MONTHLY_FEES[plan] * discount * 100).astype(np.int64),
        start=start,
        end=end,
        ended=ended,
        previous=np.where(np.roll(follows, 1), row - 1, -1),
        next_start=np.where(follows, np.roll(start, -1), -1),
        is_early=(ended >= 0) & (ended < end),
    )


def orders(population: Population, life: Life) -> Orders:
    """Return all orders with their products, amounts and deliveries."""
    chance = population.chance("orders")
    customer, cell = expand(life.orders.reshape(population.n, -1))
    month, cause = cell // len(ORDER_CAUSES), cell % len(ORDER_CAUSES)
    late = first_of_each(customer * N_MONTHS + month, life.late_deliveries.ravel().astype(np.int64), chance)
    first, last = month_start(month), month_start(month + 1)
    day = workday(first + (chance.random(customer.size) * (last - first)).astype(np.int64))
    bought = np.minimum(day, END_DAY - 1) < np.where(population.has_contract, END_DAY, left_on(life))[customer]
    customer, cause, late, day = customer[bought], cause[bought], late[bought], np.minimum(day, END_DAY - 1)[bought]
    order = np.lexsort((customer, day))
    customer, cause, late, day = customer[order], cause[order], late[order], day[order]
    product = _products(population, customer, cause, chance)
    quantity = np.where(cause == 0, np.minimum(1 + chance.poisson(0.8, customer.size), 20), 1)
    price = np.array([row[3] for row in PRODUCTS])[product] * np.round(
        chance.choice([1.0, 1.0, 0.95, 0.9], customer.size), 2
    )
    promised = day + chance.integers(3, 12, customer.size)
    delay = np.where(late, chance.integers(3, 22, customer.size), -chance.integers(0, 3, customer.size))
    return Orders(
        customer=customer,
        product=product,
        quantity=quantity,
        cents=np.round(price * quantity * 100).astype(np.int64),
        day=day,
        promised=promised,
        delivered=promised + delay,
        is_late=late,
    )


def workday(day: Ints) -> Ints:
    """Move Saturdays back and Sundays on to a working day."""
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    return day + np.where(weekday == 5, -1, np.where(weekday == 6, 1, 0))


def _products(population: Population, customer: Ints, cause: Ints, chance: np.random.Generator) -> Ints:
    group = population.affinity[customer]
    draws = chance.random(customer.size)
    shares = np.cumsum(_FAMILY_WEIGHTS, axis=1)
    family = (draws[:, None] * shares[group, -1:] > shares[group]).sum(axis=1)
    # The same customer comes back to the same few products: half of the draws are his habit.
    habit = (customer * 7 + group * 3) % _FAMILY_SIZE[family]
    free = (chance.random(customer.size) * _FAMILY_SIZE[family]).astype(np.int64)
    usual = _FAMILY_FIRST[family] + np.where(chance.random(customer.size) < 0.5, habit, free)
    product = np.where(
        cause == ORDER_CAUSES.index("failure"), pick_index([4, 3, 2, 4, 3, 2, 1, 1], customer.size, chance), usual
    )
    for name, special in _CAUSE_PRODUCT.items():
        product = np.where(cause == ORDER_CAUSES.index(name), special, product)
    return product


def invoices(population: Population, life: Life, terms: Contracts, placed: Orders) -> Invoices:
    """Return the invoices of orders and of contract periods, and when they were paid."""
    chance = population.chance("invoices")
    term, issued, months = _contract_periods(population, terms)
    shipped = np.nonzero(placed.delivered < END_DAY)[0]
    customer = np.concatenate([placed.customer[shipped], terms.customer[term]])
    issued = np.concatenate([placed.delivered[shipped], issued])
    cents = np.concatenate([placed.cents[shipped], terms.fee_cents[term] * months])
    order = np.concatenate([shipped, np.full(term.size, -1)])
    contract = np.concatenate([np.full(shipped.size, -1), term])
    turn = np.lexsort((customer, issued))
    customer, issued, cents, order, contract = (part[turn] for part in (customer, issued, cents, order, contract))
    due = issued + 30
    return Invoices(
        customer, order, contract, cents, issued, due, due + _payment_delay(population, life, customer, issued, chance)
    )


def _contract_periods(population: Population, terms: Contracts) -> tuple[Ints, Ints, Ints]:
    """Bill each term quarter by quarter (monthly contracts month by month) until it ends or is replaced."""
    step = np.where(population.term_months[terms.customer] == 1, 1, 3)
    until = np.where(terms.ended >= 0, terms.ended, np.where(terms.next_start >= 0, terms.next_start, terms.end))
    counts = -(-(terms.end - terms.start) // (step * 30 + 1))
    term = np.repeat(np.arange(terms.start.size), counts)
    turn = np.arange(term.size) - np.repeat(np.cumsum(counts) - counts, counts)
    issued = terms.start[term] + turn * step[term] * 365 // 12
    kept = (issued >= START_DAY) & (issued < np.minimum(until[term], END_DAY))
    return term[kept], issued[kept], step[term[kept]]


def _payment_delay(
    population: Population, life: Life, customer: Ints, issued: Ints, chance: np.random.Generator
) -> Ints:
    """Draw days between due and paid: a habit of the customer, made worse by strain."""
    month = np.clip((issued - START_DAY) // 30, 0, N_MONTHS)
    strain: Floats = life.strain[customer, np.minimum(month, N_MONTHS)].astype(np.float64)
    late_share = 1 / (1 + np.exp(-(-2.4 + 0.9 * np.log(population.lateness[customer]) + 0.7 * strain)))
    late = chance.random(customer.size) < late_share
    spread = 6 + 6 * np.minimum(population.lateness[customer], 3) + 5 * np.maximum(strain, 0)
    delay = np.where(late, 3 + chance.exponential(spread), -np.floor(25 * chance.beta(1, 3, customer.size)))
    return delay.astype(np.int64)
