"""Write the ERP: an SQL database with its own customer numbers, upper-case names and no accents."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prevenance.demo.commerce import PRODUCTS, Contracts, Invoices, Orders
from prevenance.demo.erp_tables import TABLES, ErpTables
from prevenance.demo.machines import MODELS, PARTS, Machines
from prevenance.demo.population import PLANS, folded_column
from prevenance.demo.scale import END_DAY, Bools, Floats, Ints
from prevenance.demo.spelling import company_name, phone, soiled_emails
from prevenance.demo.systems import Company
from prevenance.demo.text import Text, digits, iso_day, join, pick, where
from prevenance.demo.write_crm import created_on

_REASONS = ("non-renouvellement", "Non renouvelé", "résiliation", "Résiliation client", "prix", "projet arrêté", "")
_IMPOSSIBLE_DATES = ("2024-02-30", "0000-00-00", "2099-01-01")
_PROJECTS = ("Extension ligne B", "Nouvel atelier", "Modernisation", "Automatisation", "Audit", "New press line")
_N_GOODS = 19  # the products before services and licences, which are not shipped


@dataclass(frozen=True)
class Commerce:
    """Holds all commerce of the history, and until when each customer is heard of."""

    terms: Contracts
    placed: Orders
    billed: Invoices
    installed: Machines
    heard_until: Ints


def write_erp(folder: Path, company: Company, commerce: Commerce) -> dict[str, int]:
    """Write all tables of the ERP; return how many rows each has."""
    tables = ErpTables(folder / "erp" / "erp.sqlite")
    _write_customers(tables, company)
    _write_contracts(tables, company, commerce.terms)
    _write_orders(tables, company, commerce.placed)
    _write_invoices(tables, company, commerce.billed)
    _write_machines(tables, company, commerce)
    _write_projects(tables, company, commerce.installed)
    for name, rows in (("parts", [row[:5] for row in PARTS]), ("products", list(PRODUCTS))):
        tables.insert(name, dict(zip(TABLES[name], (list(column) for column in zip(*rows, strict=True)), strict=True)))
    tables.close()
    return tables.counts


def _numbers(prefix: str, n: int) -> Text:
    return join(prefix, digits(np.arange(1, n + 1), 8))


def _owner(company: Company, customer: Ints) -> Text:
    return company.codes.erp.take(pa.array(customer))


def _write_customers(tables: ErpTables, company: Company) -> None:
    chance, n, names = company.chance("erp customers"), company.population.n, company.names
    french, code = company.population.is_french, company.codes.erp
    own = company.people.email.take(pa.array(company.people.first_of_customer))
    mailbox = join(where(chance.random(n) < 0.5, "compta@", "contact@"), names.domain)
    mailbox = where(chance.random(n) < 0.2, None, where(company.population.is_sole, own, mailbox))
    street = pc.utf8_upper(folded_column(names.street))
    columns = {
        "customer_no": code,
        "name": company_name(names, np.arange(n), chance, is_old_system=True),
        "vat_number": where(chance.random(n) < 0.85, _vat_numbers(company, chance), None),
        "street": where(chance.random(n) < 0.9, street, None),
        "postcode": names.postal_code,
        "city": pc.utf8_upper(folded_column(names.town)),
        "country_code": where(french, "FR", "GB"),
        "email": soiled_emails(company, mailbox, code, "erp/erp.sqlite:customers", chance),
        "phone": phone(where(chance.random(n) < 0.25, None, names.company_phone), french, chance),
        "created_on": iso_day(created_on(company, np.arange(n))),
    }
    order = pc.sort_indices(code)
    tables.insert("customers", {name: column.take(order) for name, column in columns.items()})


def _vat_numbers(company: Company, chance: np.random.Generator) -> Text:
    """Return VAT numbers; a French one holds the SIREN after its key (12 + 3 x SIREN) modulo 97."""
    siren = pc.fill_null(company.names.siren, "0").cast(pa.int64()).to_numpy()
    british = digits(100_000_000 + chance.integers(0, 899_999_999, siren.size))
    french = join("FR", digits((12 + 3 * (siren % 97)) % 97, 2), company.names.siren)
    return where(company.population.is_french, french, join("GB", british))


def _write_contracts(tables: ErpTables, company: Company, terms: Contracts) -> None:
    chance, n = company.chance("erp contracts"), terms.customer.size
    number = _numbers("CT-", n)
    has_ended, is_renewed = terms.ended >= 0, terms.next_start >= 0
    changed = np.where(has_ended, terms.ended, np.where(is_renewed, terms.next_start, terms.start))
    reason = pick(_REASONS, np.where(terms.is_early, chance.integers(2, 7, n), chance.integers(0, 5, n)))
    columns = {
        "contract_no": number,
        "customer_no": _owner(company, terms.customer),
        "plan": pick(PLANS, terms.plan),
        "monthly_fee": terms.fee_cents / 100,
        "start_on": iso_day(terms.start),
        "end_on": iso_day(terms.end),
        "status": where(has_ended, "ended", where(is_renewed, "renewed", "active")),
        "ended_on": where(has_ended, iso_day(terms.ended), None),
        "end_reason": where(has_ended, reason, None),
        "changed_on": iso_day(changed),
        "renewed_from": where(terms.previous >= 0, number.take(pa.array(np.maximum(terms.previous, 0))), None),
    }
    tables.insert("contracts", columns)


def _soiled_dates(company: Company, day: Ints, number: Text, table: str, chance: np.random.Generator) -> Text:
    impossible = chance.random(day.size) < company.dirt.impossible_date
    company.faults.add("impossible_date", f"erp/erp.sqlite:{table}", number.filter(pa.array(impossible)))
    return where(impossible, pick(_IMPOSSIBLE_DATES, chance.integers(0, 3, day.size)), iso_day(day))


def _soiled_amounts(company: Company, cents: Ints, number: Text, table: str, chance: np.random.Generator) -> Floats:
    impossible = chance.random(cents.size) < company.dirt.impossible_amount
    company.faults.add("impossible_amount", f"erp/erp.sqlite:{table}", number.filter(pa.array(impossible)))
    absurd = np.where(chance.random(cents.size) < 0.5, -1.0, 999_999_999_999.0)
    return np.where(impossible, absurd, cents / 100)


def _write_orders(tables: ErpTables, company: Company, placed: Orders) -> None:
    chance, number = company.chance("erp orders"), _numbers("O-", placed.day.size)
    columns = {
        "order_no": number,
        "customer_no": _owner(company, placed.customer),
        "product": pick([row[0] for row in PRODUCTS], placed.product),
        "quantity": placed.quantity,
        "amount": _soiled_amounts(company, placed.cents, number, "orders", chance),
        "currency": "EUR",
        "ordered_on": _soiled_dates(company, placed.day, number, "orders", chance),
    }
    tables.insert("orders", columns)
    goods = np.nonzero(placed.product < _N_GOODS)[0]
    arrived = placed.delivered[goods]
    deliveries = {
        "delivery_no": _numbers("D-", goods.size),
        "order_no": number.take(pa.array(goods)),
        "promised_on": iso_day(placed.promised[goods]),
        "delivered_on": where(arrived < END_DAY, iso_day(arrived), None),
    }
    tables.insert("deliveries", deliveries)


def _write_invoices(tables: ErpTables, company: Company, billed: Invoices) -> None:
    """Write invoices, a few of them twice by mistake (the copy is never paid), and payments."""
    chance = company.chance("erp invoices")
    doubled = (chance.random(billed.customer.size) < company.dirt.doubled_invoice) & (billed.order >= 0)
    twice = np.nonzero(doubled & (billed.issued < END_DAY - 3))[0]
    row = np.sort(np.concatenate([np.arange(billed.customer.size), twice]))
    is_copy: Bools = np.append(np.zeros(1, bool), row[1:] == row[:-1])
    number = _numbers("F-", row.size)
    company.faults.add("doubled_invoice", "erp/erp.sqlite:invoices", number.filter(pa.array(is_copy)))
    columns = {
        "invoice_no": number,
        "customer_no": _owner(company, billed.customer[row]),
        "order_no": where(billed.order[row] >= 0, join("O-", digits(billed.order[row] + 1, 8)), None),
        "contract_no": where(billed.contract[row] >= 0, join("CT-", digits(billed.contract[row] + 1, 8)), None),
        "amount": billed.cents[row] / 100,
        "currency": "EUR",
        "issued_on": iso_day(billed.issued[row] + 2 * is_copy),
        "due_on": iso_day(billed.due[row] + 2 * is_copy),
    }
    tables.insert("invoices", columns)
    paid = np.nonzero((billed.paid[row] < END_DAY) & (chance.random(row.size) < 0.985) & ~is_copy)[0]
    payment = _numbers("Z-", paid.size)
    payments = {
        "payment_no": payment,
        "invoice_no": number.take(pa.array(paid)),
        "amount": _soiled_amounts(company, billed.cents[row][paid], payment, "payments", chance),
        "paid_on": _soiled_dates(company, billed.paid[row][paid], payment, "payments", chance),
    }
    tables.insert("payments", payments)


def _write_machines(tables: ErpTables, company: Company, commerce: Commerce) -> None:
    installed = commerce.installed
    year = 1970 + installed.installed_day * 400 // 146_097
    serial = join("MX-", digits(year), "-", digits(np.arange(1, installed.customer.size + 1), 6))
    machines = {
        "serial_no": serial,
        "customer_no": _owner(company, installed.customer),
        "model": pick(MODELS, installed.model),
        "installed_on": iso_day(installed.installed_day),
    }
    tables.insert("machines", machines)
    row = _heard_of(commerce, installed.serviced_machine, installed.serviced_day)
    machine = installed.serviced_machine[row]
    maintenance = {
        "maintenance_no": _numbers("M-", row.size),
        "serial_no": serial.take(pa.array(machine)),
        "kind": pick(("préventive", "Préventive", "PREV"), machine % 3),
        "done_on": iso_day(installed.serviced_day[row]),
        "next_due_on": iso_day(installed.serviced_next[row]),
    }
    tables.insert("maintenance", maintenance)
    row = _heard_of(commerce, installed.replaced_machine, installed.replaced_day)
    replacements = {
        "replacement_no": _numbers("R-", row.size),
        "serial_no": serial.take(pa.array(installed.replaced_machine[row])),
        "part_no": pick([part[0] for part in PARTS], installed.replaced_part[row]),
        "replaced_on": iso_day(installed.replaced_day[row]),
        "was_failure": installed.replaced_failed[row].astype(np.int64),
    }
    tables.insert("part_replacements", replacements)


def _heard_of(commerce: Commerce, machine: Ints, day: Ints) -> Ints:
    """Return, by day, the rows of machines whose owner was still heard of."""
    known = np.nonzero(day < commerce.heard_until[commerce.installed.customer[machine]])[0]
    return known[np.lexsort((machine[known], day[known]))]


def _write_projects(tables: ErpTables, company: Company, installed: Machines) -> None:
    order = np.lexsort((installed.project_customer, installed.project_start))
    customer, end = installed.project_customer[order], installed.project_end[order]
    columns = {
        "project_no": _numbers("J-", order.size),
        "customer_no": _owner(company, customer),
        "name": pick(_PROJECTS, (customer * 3 + order) % len(_PROJECTS)),
        "started_on": iso_day(installed.project_start[order]),
        "completed_on": where(end < END_DAY, iso_day(end), None),
    }
    tables.insert("projects", columns)
