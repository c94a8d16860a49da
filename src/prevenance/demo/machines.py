"""Let the customers' machines age: wear, failures, replacements, maintenance visits, and projects that end."""

from dataclasses import dataclass

import numpy as np

from prevenance.demo.chance import expand
from prevenance.demo.population import Population
from prevenance.demo.scale import END_DAY, N_MONTHS, START_DAY, Bools, Ints, month_of, month_start

MODELS = ("MX-200", "MX-350", "HydroPress 80", "Coupe-Pro 5", "Vario 12")
# number, French name, English name, price in EUR, maintenance interval in days, Weibull scale in days of use
PARTS = (
    ("P-1001", "Filtre hydraulique", "Hydraulic filter", 48.5, 365, 520),
    ("P-1002", "Courroie d’entraînement", "Drive belt", 86.0, 540, 700),
    ("P-1003", "Roulement de broche", "Spindle bearing", 210.0, 730, 950),
    ("P-1004", "Joint de vérin", "Cylinder seal", 32.9, 365, 480),
    ("P-1005", "Lame de coupe", "Cutting blade", 145.0, 270, 400),
    ("P-1006", "Capteur de pression", "Pressure sensor", 178.0, 730, 1_100),
    ("P-1007", "Pompe de lubrification", "Lubrication pump", 320.0, 730, 1_000),
    ("P-1008", "Carte de commande", "Control board", 640.0, 1_095, 1_800),
)
MODEL_PARTS = np.array([[0, 1, 2], [1, 2, 5], [0, 3, 5], [4, 1, 7], [6, 3, 7]])
WEAR_SHAPE = 3.2  # above 1: a part fails the more, the older it is
_N_RENEWALS = 9


@dataclass(frozen=True)
class Machines:
    """Holds the installed machines and what was done to them, each event with its customer and day."""

    customer: Ints
    model: Ints
    installed_day: Ints
    replaced_machine: Ints
    replaced_part: Ints
    replaced_day: Ints
    replaced_failed: Bools
    serviced_machine: Ints
    serviced_day: Ints
    serviced_next: Ints
    project_customer: Ints
    project_start: Ints
    project_end: Ints  # after the end of the history: still running
    failures: Ints  # customers x months
    completions: Ints  # customers x months


def machines(population: Population) -> Machines:
    """Draw the installed base and its wear over the 36 months (and the last replacement before them)."""
    chance, n = population.chance("machines"), population.n
    counts = np.where(population.is_sole, 1, 1 + chance.poisson(0.35 * np.log(population.n_employees)))
    counts = np.where(population.has_contract & (chance.random(n) < 0.2), 0, counts)
    customer = np.repeat(np.arange(n), counts)
    model = chance.integers(0, len(MODELS), customer.size)
    joined_day = month_start(population.joined[customer])
    latest = np.minimum(joined_day + 400, END_DAY - 20)
    installed = joined_day - 40 + (chance.random(customer.size) * (latest - joined_day + 40)).astype(np.int64)
    discipline = chance.beta(2, 2, n)[customer]
    machine, part, day, failed = _replacements(model, installed, discipline, chance)
    serviced, service_day, service_next = _services(installed, discipline, chance)
    project_customer, project_start, project_end = _projects(population, chance)
    return Machines(
        customer=customer,
        model=model,
        installed_day=installed,
        replaced_machine=machine,
        replaced_part=part,
        replaced_day=day,
        replaced_failed=failed,
        serviced_machine=serviced,
        serviced_day=service_day,
        serviced_next=service_next,
        project_customer=project_customer,
        project_start=project_start,
        project_end=project_end,
        failures=per_month(customer[machine[failed]], day[failed], n),
        completions=per_month(project_customer, project_end, n),
    )


def per_month(customer: Ints, day: Ints, n: int) -> Ints:
    """Count events by customer and month of the history; what lies outside is left out."""
    inside = (day >= START_DAY) & (day < END_DAY)
    cell = customer[inside] * N_MONTHS + month_of(day[inside])
    return np.bincount(cell, minlength=n * N_MONTHS).reshape(n, N_MONTHS)


def _replacements(
    model: Ints, installed: Ints, discipline: np.ndarray[tuple[int], np.dtype[np.float64]], chance: np.random.Generator
) -> tuple[Ints, Ints, Ints, Bools]:
    """Renew each wear part when it fails (Weibull in its age) or, by careful owners, shortly before it is due."""
    machine = np.repeat(np.arange(model.size), 3)
    part = MODEL_PARTS[model].ravel()
    interval, scale = (np.array([row[column] for row in PARTS]) for column in (4, 5))
    shape = (machine.size, _N_RENEWALS)
    life = scale[part][:, None] * chance.weibull(WEAR_SHAPE, shape)
    planned = interval[part][:, None] * chance.uniform(0.9, 1.15, shape)
    planned = np.where(chance.random(shape) < discipline[machine][:, None], planned, np.inf)
    start = np.maximum(installed[machine], START_DAY - (scale[part] * chance.random(machine.size)).astype(np.int64))
    day = start[:, None] + np.cumsum(np.minimum(life, planned), axis=1).astype(np.int64)
    kept = (day < END_DAY) & (day > installed[machine][:, None])
    before = (start > installed[machine]) & (start < START_DAY)  # the last replacement that the ERP remembers
    rows = np.nonzero(kept)[0]
    return (
        np.concatenate([machine[rows], machine[before]]),
        np.concatenate([part[rows], part[before]]),
        np.concatenate([day[kept], start[before]]),
        np.concatenate([(life <= planned)[kept], np.zeros(int(before.sum()), dtype=bool)]),
    )


def _services(
    installed: Ints, discipline: np.ndarray[tuple[int], np.dtype[np.float64]], chance: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    interval = np.array([182, 365])[chance.integers(0, 2, installed.size)]
    since = np.maximum(installed, START_DAY - interval) + chance.integers(20, 180, installed.size)
    turns = np.arange(8)
    day = since[:, None] + turns * interval[:, None] + chance.integers(-15, 40, (installed.size, 8))
    done = (chance.random(day.shape) < 0.35 + 0.6 * discipline[:, None]) & (day < END_DAY)
    machine = np.nonzero(done)[0]
    return machine, day[done], day[done] + interval[machine]


def _projects(population: Population, chance: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    counts = chance.poisson(np.where(population.is_sole, 0.1, 0.6))
    customer, _ = expand(counts[:, None])
    earliest = np.maximum(month_start(population.joined[customer]), START_DAY)
    start = earliest + (chance.random(customer.size) * np.maximum(END_DAY - earliest - 5, 1)).astype(np.int64)
    return customer, start, start + chance.integers(60, 300, customer.size)
