"""Make a handful of files in the layout of the practice company: what its systems export, small enough to read.

The text formats lie beside this file as they were recorded; an SQL database and an Excel sheet are built from rows that
a person can review.
"""

import datetime as dt
import shutil
import sqlite3
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).parent / "practice"

ERP_ROWS: dict[str, list[dict[str, object]]] = {
    "customers": [
        {"customer_no": "K10042", "name": "MÜLLER USINAGE SAS", "vat_number": "FR83552100554",
         "street": "3 RUE DES FORGES",
         "postcode": "35000", "city": "RENNES", "country_code": "FR", "email": "compta@muller.example",
         "phone": "02 61 91 50 25", "created_on": "2020-04-16"},
        {"customer_no": "K10043", "name": "Davies Brewing Ltd", "country_code": "GB", "created_on": "2022-10-19"},
    ],
    "contracts": [
        {"contract_no": "CT-1", "customer_no": "K10042", "plan": "Pro", "monthly_fee": 164.68, "start_on": "2024-03-20",
         "end_on": "2025-03-20", "status": "renewed", "changed_on": "2025-03-20"},
        {"contract_no": "CT-2", "customer_no": "K10042", "plan": "Pro", "monthly_fee": 170.0, "start_on": "2025-03-20",
         "end_on": "2026-03-20", "status": "active", "changed_on": "2025-03-20", "renewed_from": "CT-1"},
        {"contract_no": "CT-3", "customer_no": "K10043", "plan": "Start", "monthly_fee": 49.0, "start_on": "2024-01-01",
         "end_on": "2025-01-01", "status": "ended", "ended_on": "2025-01-01", "end_reason": "Non renouvelé",
         "changed_on": "2024-11-15"},
    ],
    "orders": [
        {"order_no": "O-1", "customer_no": "K10042", "product": "A-3004", "quantity": 3, "amount": 1596.0,
         "currency": "EUR", "ordered_on": "2026-05-03"},
        {"order_no": "O-2", "customer_no": "K10042", "product": "A-3004", "quantity": 1, "amount": 532.0,
         "currency": "EUR", "ordered_on": "2024-02-30"},
        {"order_no": "O-3", "customer_no": "K10043", "product": "A-3004", "quantity": 1, "amount": -532.0,
         "currency": "EUR", "ordered_on": "2026-05-04"},
        {"order_no": "O-4", "customer_no": "K10043", "product": "A-3004", "quantity": 1, "amount": 999999999999.0,
         "currency": "EUR", "ordered_on": "2026-05-04"},
    ],
    "deliveries": [
        {"delivery_no": "D-1", "order_no": "O-1", "promised_on": "2026-05-06", "delivered_on": "2026-05-09"},
        {"delivery_no": "D-2", "order_no": "O-3", "promised_on": "2026-05-09", "delivered_on": None},
    ],
    "invoices": [
        {"invoice_no": "F-1", "customer_no": "K10042", "order_no": "O-1", "contract_no": None, "amount": 1596.0,
         "currency": "EUR", "issued_on": "2026-05-06", "due_on": "2026-06-05"},
    ],
    "payments": [
        {"payment_no": "Z-1", "invoice_no": "F-1", "amount": 1596.0, "paid_on": "2026-06-25"},
        {"payment_no": "Z-2", "invoice_no": "F-404", "amount": 10.0, "paid_on": "2026-06-25"},
    ],
    "machines": [{"serial_no": "MX-1", "customer_no": "K10042", "model": "MX-350", "installed_on": "2021-11-18"}],
    "parts": [{"part_no": "P-1001", "name_fr": "Filtre hydraulique", "name_en": "Hydraulic filter"}],
    "maintenance": [
        {"maintenance_no": "M-1", "serial_no": "MX-1", "kind": "PREV", "done_on": "2025-12-13",
         "next_due_on": "2026-12-13"}
    ],
    "part_replacements": [
        {"replacement_no": "R-1", "serial_no": "MX-1", "part_no": "P-1001", "replaced_on": "2026-01-10",
         "was_failure": 1},
        {"replacement_no": "R-2", "serial_no": "MX-1", "part_no": "P-1001", "replaced_on": "2026-02-12",
         "was_failure": 0},
    ],
    "projects": [
        {"project_no": "J-1", "customer_no": "K10042", "name": "Atelier", "started_on": "2025-11-18",
         "completed_on": "2026-06-24"},
        {"project_no": "J-2", "customer_no": "K10042", "name": "Audit", "started_on": "2026-08-01",
         "completed_on": None},
    ],
    "products": [
        {"product_code": "A-3004", "name_fr": "Carter de protection", "name_en": "Safety guard",
         "family": "accessoires"}
    ],
}  # fmt: skip


def make_practice(folder: Path) -> Path:
    """Write the practice files below a folder and return it."""
    shutil.copytree(HERE, folder, dirs_exist_ok=True)
    (folder / "erp").mkdir()
    with sqlite3.connect(folder / "erp" / "erp.sqlite") as connection:
        for name, rows in ERP_ROWS.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            connection.execute(f"create table {name} ({', '.join(columns)})")
            values = [[row.get(column) for column in columns] for row in rows]
            connection.executemany(f"insert into {name} values ({', '.join('?' * len(columns))})", values)
    connection.close()
    (folder / "survey").mkdir()
    make_survey(folder / "survey" / "enquete_satisfaction.xlsx")
    return folder


def make_survey(path: Path) -> None:
    """Write the survey's sheet: two title rows, real Excel dates, a totals row."""
    book = xlsxwriter.Workbook(str(path))
    sheet, day = book.add_worksheet("Réponses"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write(0, 0, "Enquête de satisfaction")
    sheet.write_row(2, 0, ["Date", "E-mail", "Société", "Note (1-5)", "Recommanderiez-vous (0-10)", "Commentaire"])
    sheet.write_datetime(3, 0, dt.datetime(2026, 9, 14), day)  # noqa: DTZ001 - a sheet's days have no zone
    sheet.write_row(3, 1, ["ZOE.LEGRAND@muller.example", "Müller Usinage", 4, 8, "Très bien"])
    sheet.write_row(4, 0, [46_279, "", "Davies Brewing", 2, "", ""])
    sheet.write_row(5, 0, ["Total", "2 réponses", "", 3.0, "", ""])
    book.close()
