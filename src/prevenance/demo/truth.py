"""Write down the truth, in a folder that only tests may open."""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from prevenance.demo.causes import CAUSES
from prevenance.demo.commerce import left_on
from prevenance.demo.history import Life
from prevenance.demo.leaving import buying_probability
from prevenance.demo.population import CUSTOMER_KINDS, Population
from prevenance.demo.scale import END_DAY, N_MONTHS, Kind, month_start
from prevenance.demo.systems import Company
from prevenance.demo.text import Text, pick

ACTIONS = ("tutorial_email", "call_key_account", "offer_licences", "maintenance_reminder")
# rows: kinds of customer (persuadable, sure, lost, do not disturb); columns: ACTIONS
_LEAVING_RATIO = np.array(
    [[0.62, 0.45, 0.85, 0.75], [1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0], [1.25, 1.60, 1.40, 1.15]]
)
_SATISFACTION = np.array(
    [[0.20, 0.35, 0.05, 0.15], [0.05, 0.05, 0.0, 0.05], [0.0, 0.05, 0.0, 0.0], [-0.15, -0.40, -0.30, -0.05]]
)
_BUYING = np.array(
    [[0.03, 0.05, 0.10, 0.12], [0.01, 0.01, 0.06, 0.08], [0.0, 0.0, 0.0, 0.01], [-0.02, -0.05, -0.06, 0.0]]
)
README = (
    "This folder holds the hidden truth of the practice company. Only tests may open it:\n"
    "a product that reads it would be cheating. Nothing outside this folder repeats what it says.\n\n"
    "Ce dossier contient la vérité cachée de l’entreprise d’exercice. Seuls les tests peuvent l’ouvrir.\n"
)


def write_truth(folder: Path, company: Company, life: Life, kind: Kind, facts: dict[str, object]) -> None:
    """Write customers, people, leaving, effects and planted faults."""
    target = folder / "truth"
    target.mkdir(parents=True, exist_ok=True)
    leaving = _leaving(company, life)
    tables = {
        "customers": _customers(company, life),
        "people": _people(company),
        "leaving": leaving,
        "effects": _effects(company.population, life, kind),
        "faults": company.faults.table(),
    }
    for name, table in tables.items():
        pq.write_table(table, target / f"{name}.parquet")
    (target / "README.txt").write_bytes(README.encode())
    causes = {key: value for key, value in vars(CAUSES).items() if key != "jumps"} | {"jumps": CAUSES.jumps}
    (target / "truth.json").write_bytes(
        (json.dumps(facts | {"causes": causes, "actions": ACTIONS}, indent=2) + "\n").encode()
    )


def _customers(company: Company, life: Life) -> pa.Table:
    population, codes = company.population, company.codes
    left = left_on(life)
    doubled = [
        [code] if twin is None else [code, twin]
        for code, twin in zip(codes.crm.to_pylist(), codes.crm_double.to_pylist(), strict=True)
    ]
    return pa.table(
        {
            "truth_id": pa.array(np.arange(1, population.n + 1)),
            "customer_kind": pick(CUSTOMER_KINDS, population.kind),
            "is_sole_trader": population.is_sole,
            "is_french": population.is_french,
            "has_contract": population.has_contract,
            "engagement": population.engagement,
            "contentment": population.contentment,
            "growth": population.growth,
            "price_sensitivity": population.price_sensitivity,
            "frailty": population.frailty,
            "lateness": population.lateness,
            "n_employees": population.n_employees,
            "joined_on": pa.array((month_start(population.joined) + population.anchor_day).astype(np.int32)).cast(
                pa.date32()
            ),
            "left_at": pa.array(np.where(left < END_DAY, left, 0).astype(np.int32), mask=left >= END_DAY)
            .cast(pa.date32())
            .cast(pa.timestamp("us")),
            "name": company.names.core,
            "siren": company.names.siren,
            "crm_codes": pa.array([row if row[0] is not None else [] for row in doubled], pa.list_(pa.string())),
            "erp_no": codes.erp,
            "helpdesk_organization_id": codes.organisation,
            "workspace_id": codes.workspace,
        }
    )


def _people(company: Company) -> pa.Table:
    people, codes = company.people, company.codes
    return pa.table(
        {
            "person_truth_id": pa.array(np.arange(1, people.n + 1)),
            "truth_id": people.customer + 1,
            "first_name": people.first,
            "last_name": people.last,
            "email": people.email,
            "crm_contact_code": codes.contact,
            "helpdesk_user_id": codes.helpdesk_user,
            "product_user_id": codes.product_user,
        }
    )


def _leaving(company: Company, life: Life) -> pa.Table:
    """Return the best possible prediction for each customer and cutoff, and what came of it (unknown at the end)."""
    population = company.population
    customer, month = np.nonzero(~np.isnan(life.best))
    left = life.left_month[customer]
    did: npt.NDArray[np.bool_] = (left >= month) & (left < month + 3)
    unknown = month + 3 > N_MONTHS
    cutoff = (month_start(month) * 86_400_000_000).astype("datetime64[us]")
    return pa.table(
        {
            "truth_id": customer + 1,
            "cutoff": pa.array(cutoff, pa.timestamp("us")),
            "has_contract": population.has_contract[customer],
            "probability": life.best[customer, month].astype(np.float64),
            "left": pa.array(did, mask=unknown),
            "satisfaction": np.clip(
                3.9 - 0.55 * life.strain[customer, month] + population.contentment[customer], 1, 5
            ).astype(np.float64),
            "buying_probability": buying_probability(life, customer, month),
        }
    )


def _effects(population: Population, life: Life, kind: Kind) -> pa.Table:
    """Return what each action changes, per kind of customer: nothing at all in the company without effects."""
    is_real = kind != "no-effect"
    base = np.array(
        [
            np.nanmean(life.best[population.kind == index]) if (population.kind == index).any() else 0.0
            for index in range(4)
        ]
    )
    ratio = np.where(is_real, _LEAVING_RATIO, 1.0)
    row, column = (side.ravel() for side in np.indices(ratio.shape))

    def names(options: tuple[str, ...], index: npt.NDArray[np.int64]) -> Text:
        return pick(options, index)

    return pa.table(
        {
            "customer_kind": names(CUSTOMER_KINDS, row),
            "action": names(ACTIONS, column),
            "leaving_ratio": ratio.ravel(),
            "leaving_change": ((ratio - 1) * base[:, None]).ravel(),
            "satisfaction_change": (_SATISFACTION * is_real).ravel(),
            "buying_change": (_BUYING * is_real).ravel(),
        }
    )
