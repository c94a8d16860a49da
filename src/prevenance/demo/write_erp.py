"""Write the ERP: an SQL database with its own customer numbers, upper-case names and no accents."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo.commerce import PRODUCTS, Contracts, Invoices, Orders
from prevenance.demo.history import Life
from prevenance.demo.machines import MODELS, PARTS, Machines
from prevenance.demo.population import PLANS, folded_column
from prevenance.demo.scale import END_DAY, Bools, Ints
from prevenance.demo.spelling import company_name, phone, soiled_emails
from prevenance.demo.systems import Company
from prevenance.demo.text import Text, digits, iso_day, join, pick, where
from prevenance.demo.write_crm import created_on

_TABLES = {
    "customers": "customer_no TEXT PRIMARY KEY, name TEXT, vat_number TEXT, street TEXT, postcode TEXT, city TEXT, country_code TEXT, email TEXT, phone TEXT, created_on TEXT",
    "contracts": "contract_no TEXT PRIMARY KEY, customer_no TEXT, plan TEXT, monthly_fee REAL, start_on TEXT, end_on TEXT, status TEXT, ended_on TEXT, end_reason TEXT, changed_on TEXT, renewed_from TEXT",
    "orders": "order_no TEXT PRIMARY KEY, customer_no TEXT, product TEXT, quantity INTEGER, amount REAL, currency TEXT, ordered_on TEXT",
    "deliveries": "delivery_no TEXT PRIMARY KEY, order_no TEXT, promised_on TEXT, delivered_on TEXT",
    "invoices": "invoice_no TEXT PRIMARY KEY, customer_no TEXT, order_no TEXT, contract_no TEXT, amount REAL, currency TEXT, issued_on TEXT, due_on TEXT",
    "payments": "payment_no TEXT PRIMARY KEY, invoice_no TEXT, amount REAL, paid_on TEXT",
    "machines": "serial_no TEXT PRIMARY KEY, customer_no TEXT, model TEXT, installed_on TEXT",
    "parts": "part_no TEXT PRIMARY KEY, name_fr TEXT, name_en TEXT, price REAL, maintenance_interval_days INTEGER",
    "maintenance": "maintenance_no TEXT PRIMARY KEY, serial_no TEXT, kind TEXT, done_on TEXT, next_due_on TEXT",
    "part_replacements": "replacement_no TEXT PRIMARY KEY, serial_no TEXT, part_no TEXT, replaced_on TEXT, was_failure INTEGER",
    "projects": "project_no TEXT PRIMARY KEY, customer_no TEXT, name TEXT, started_on TEXT, completed_on TEXT",
    "products": "product_code TEXT PRIMARY KEY, name_fr TEXT, name_en TEXT, price REAL, family TEXT",
}  # fmt: skip
_REASONS = ("non-renouvellement", "Non renouvelé", "résiliation", "Résiliation client", "prix", "projet arrêté", "")
_IMPOSSIBLE_DATES = ("2024-02-30", "0000-00-00", "2099-01-01")
_PROJECTS = (
    "Extension ligne B",
    "Nouvel atelier",
    "Modernisation",
    "Automatisation",
    "Audit énergétique",
    "New press line",
)


class _Ledger:
    """Holds the open database and counts rows."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=OFF")
        self._connection.execute("PRAGMA synchronous=OFF")
        self.counts: dict[str, int] = {}
        for table, columns in _TABLES.items():
            # Rows come in the order of their keys: without a rowid the table is its own index, and loads faster.
            self._connection.execute(f"CREATE TABLE {table} ({columns}) WITHOUT ROWID")

    def insert(self, table: str, columns: Sequence[Any]) -> None:
        """Add rows given as columns, in one transaction."""
        n = len(columns[0])
        marks = ",".join("?" * len(columns))
        self._connection.execute("BEGIN")
        for start in range(0, n, 100_000):
            part = [_values(column[start : start + 100_000]) for column in columns]
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", zip(*part, strict=True))
        self._connection.execute("COMMIT")
        self.counts[f"erp/erp.sqlite:{table}"] = n

    def close(self) -> None:
        """Finish the file."""
        self._connection.close()


def write_erp(
    folder: Path, company: Company, life: Life, terms: Contracts, placed: Orders, billed: Invoices, installed: Machines
) -> dict[str, int]:
    """Write all tables of the ERP; return how many rows each has."""
    ledger = _Ledger(folder / "erp" / "erp.sqlite")
    customers = company.codes.erp
    serials = _serials(installed)
    _write_customers(ledger, company)
    _write_contracts(ledger, company, terms, customers)
    _write_orders(ledger, company, placed, customers)
    _write_invoices(ledger, company, billed, customers)
    ledger.insert(
        "machines",
        [
            serials,
            customers.take(pa.array(installed.customer)),
            pick(MODELS, installed.model),
            iso_day(installed.installed_day),
        ],
    )
    ledger.insert("parts", [list(column) for column in zip(*(row[:5] for row in PARTS), strict=True)])
    _write_care(ledger, company, life, installed, serials)
    ledger.insert("products", [list(column) for column in zip(*PRODUCTS, strict=True)])
    ledger.close()
    return ledger.counts


def _values(column: Any) -> list[Any]:
    if isinstance(column, list):
        return column
    return list(column.tolist() if isinstance(column, np.ndarray) else column.to_pylist())


def _numbers(prefix: str, n: int) -> Text:
    return join(prefix, digits(np.arange(1, n + 1), 8))


def _serials(installed: Machines) -> Text:
    year = 1970 + installed.installed_day * 400 // 146_097
    return join("MX-", digits(year), "-", digits(np.arange(1, installed.customer.size + 1), 6))


def _write_customers(ledger: _Ledger, company: Company) -> None:
    chance, n, names = company.chance("erp customers"), company.population.n, company.names
    french, rows, code = company.population.is_french, np.arange(company.population.n), company.codes.erp
    mailbox = where(
        company.population.is_sole,
        company.people.email.take(pa.array(company.people.first_of_customer)),
        join(where(chance.random(n) < 0.5, "compta@", "contact@"), names.domain),
    )
    mailbox = soiled_emails(
        company, where(chance.random(n) < 0.2, None, mailbox), code, "erp/erp.sqlite:customers", chance
    )
    key = (12 + 3 * (pc.fill_null(names.siren, "0").cast(pa.int64()).to_numpy() % 97)) % 97
    vat = where(
        french,
        join("FR", digits(key, 2), names.siren),
        join("GB", digits(100_000_000 + chance.integers(0, 899_999_999, n))),
    )
    order = pa.array(np.argsort(code.cast(pa.string()).to_numpy(zero_copy_only=False)))
    columns = [
        code, company_name(names, rows, chance, is_old_system=True), where(chance.random(n) < 0.85, vat, None),
        where(chance.random(n) < 0.9, pc.utf8_upper(folded_column(names.street)), None), names.postal_code,
        pc.utf8_upper(folded_column(names.town)),
        where(french, "FR", "GB"), mailbox, phone(where(chance.random(n) < 0.25, None, names.company_phone), french, chance),
        iso_day(created_on(company, rows)),
    ]  # fmt: skip
    ledger.insert("customers", [column.take(order) for column in columns])


def _write_contracts(ledger: _Ledger, company: Company, terms: Contracts, customers: Text) -> None:
    chance, n = company.chance("erp contracts"), terms.customer.size
    number = _numbers("CT-", n)
    has_ended, is_renewed = terms.ended >= 0, terms.next_start >= 0
    changed = np.where(has_ended, terms.ended, np.where(is_renewed, terms.next_start, terms.start))
    reason = pick(_REASONS, np.where(terms.is_early, chance.integers(2, 7, n), chance.integers(0, 5, n)))
    ledger.insert(
        "contracts",
        [
            number, customers.take(pa.array(terms.customer)), pick(PLANS, terms.plan), terms.fee_cents / 100, iso_day(terms.start),
            iso_day(terms.end), where(has_ended, "ended", where(is_renewed, "renewed", "active")), where(has_ended, iso_day(terms.ended), None),
            where(has_ended, reason, None), iso_day(changed), where(terms.previous >= 0, number.take(pa.array(np.maximum(terms.previous, 0))), None),
        ],
    )  # fmt: skip


def _spoiled_dates(company: Company, day: Ints, number: Text, table: str, chance: np.random.Generator) -> Text:
    impossible = chance.random(day.size) < company.dirt.impossible_date
    company.faults.add("impossible_date", f"erp/erp.sqlite:{table}", number.filter(pa.array(impossible)))
    return where(impossible, pick(_IMPOSSIBLE_DATES, chance.integers(0, 3, day.size)), iso_day(day))


def _spoiled_amounts(company: Company, cents: Ints, number: Text, table: str, chance: np.random.Generator) -> Any:
    impossible = chance.random(cents.size) < company.dirt.impossible_amount
    company.faults.add("impossible_amount", f"erp/erp.sqlite:{table}", number.filter(pa.array(impossible)))
    return np.where(impossible, np.where(chance.random(cents.size) < 0.5, -1.0, 999_999_999_999.0), cents / 100)


def _write_orders(ledger: _Ledger, company: Company, placed: Orders, customers: Text) -> None:
    chance, n = company.chance("erp orders"), placed.day.size
    number = _numbers("O-", n)
    ledger.insert("orders", [
        number, customers.take(pa.array(placed.customer)), pick([row[0] for row in PRODUCTS], placed.product), placed.quantity,
        _spoiled_amounts(company, placed.cents, number, "orders", chance), ["EUR"] * n,
        _spoiled_dates(company, placed.day, number, "orders", chance),
    ])  # fmt: skip
    shipped = placed.delivered < END_DAY
    goods = np.nonzero(placed.product < 19)[0]  # services and licences are not shipped
    number = number.take(pa.array(goods))
    delivery = _numbers("D-", goods.size)
    ledger.insert(
        "deliveries",
        [
            delivery,
            number,
            iso_day(placed.promised[goods]),
            where(shipped[goods], iso_day(placed.delivered[goods]), None),
        ],
    )


def _write_invoices(ledger: _Ledger, company: Company, billed: Invoices, customers: Text) -> None:
    chance = company.chance("erp invoices")
    twice = (
        (billed.order >= 0)
        & (chance.random(billed.customer.size) < company.dirt.doubled_invoice)
        & (billed.issued < END_DAY - 3)
    )
    row = np.sort(np.concatenate([np.arange(billed.customer.size), np.nonzero(twice)[0]]))
    is_copy = np.append(False, row[1:] == row[:-1])
    n, number = row.size, _numbers("F-", row.size)
    company.faults.add("doubled_invoice", "erp/erp.sqlite:invoices", number.filter(pa.array(is_copy)))
    order, contract = (
        where(ids[row] >= 0, join(prefix, digits(ids[row] + 1, 8)), None)
        for prefix, ids in (("O-", billed.order), ("CT-", billed.contract))
    )
    ledger.insert("invoices", [
        number, customers.take(pa.array(billed.customer[row])), order, contract, billed.cents[row] / 100, ["EUR"] * n,
        iso_day(billed.issued[row] + 2 * is_copy), iso_day(billed.due[row] + 2 * is_copy),
    ])  # fmt: skip
    paid = (billed.paid[row] < END_DAY) & (chance.random(n) < 0.985) & ~is_copy
    rows = np.nonzero(paid)[0]
    payment = _numbers("Z-", rows.size)
    ledger.insert("payments", [
        payment, number.take(pa.array(rows)), _spoiled_amounts(company, billed.cents[row][rows], payment, "payments", chance),
        _spoiled_dates(company, billed.paid[row][rows], payment, "payments", chance),
    ])  # fmt: skip


def _write_care(ledger: _Ledger, company: Company, life: Life, installed: Machines, serials: Text) -> None:
    gone = _gone(company, life)
    done = np.nonzero(installed.serviced_day < gone[installed.customer[installed.serviced_machine]])[0]
    done = done[np.lexsort((installed.serviced_machine[done], installed.serviced_day[done]))]
    machine = installed.serviced_machine[done]
    kind = pick(("préventive", "Préventive", "PREV"), machine % 3)
    ledger.insert("maintenance", [
        _numbers("M-", done.size), serials.take(pa.array(machine)), kind, iso_day(installed.serviced_day[done]), iso_day(installed.serviced_next[done]),
    ])  # fmt: skip
    kept = np.nonzero(installed.replaced_day < gone[installed.customer[installed.replaced_machine]])[0]
    kept = kept[np.lexsort((installed.replaced_machine[kept], installed.replaced_day[kept]))]
    failed: Bools = installed.replaced_failed[kept]
    ledger.insert("part_replacements", [
        _numbers("R-", kept.size), serials.take(pa.array(installed.replaced_machine[kept])), pick([row[0] for row in PARTS], installed.replaced_part[kept]),
        iso_day(installed.replaced_day[kept]), failed.astype(np.int64),
    ])  # fmt: skip
    order = np.lexsort((installed.project_customer, installed.project_start))
    customer, n = installed.project_customer[order], order.size
    end = installed.project_end[order]
    ledger.insert("projects", [
        _numbers("J-", n), company.codes.erp.take(pa.array(customer)), pick(_PROJECTS, (customer * 3 + order) % len(_PROJECTS)),
        iso_day(installed.project_start[order]), where(end < END_DAY, iso_day(end), None),
    ])  # fmt: skip


def _gone(company: Company, life: Life) -> Ints:
    """Return the day after which nothing more is heard of a customer: buyers without a contract vanish silently."""
    from prevenance.demo.commerce import left_on

    return np.where(company.population.has_contract, END_DAY, np.minimum(left_on(life), END_DAY))
