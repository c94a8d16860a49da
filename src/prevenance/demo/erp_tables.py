"""Keep the ERP's tables, and load columns of values into them."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

_KEY = "TEXT PRIMARY KEY"
TABLES: dict[str, dict[str, str]] = {
    "customers": {"customer_no": _KEY, "name": "TEXT", "vat_number": "TEXT", "street": "TEXT", "postcode": "TEXT",
                  "city": "TEXT", "country_code": "TEXT", "email": "TEXT", "phone": "TEXT", "created_on": "TEXT"},
    "contracts": {"contract_no": _KEY, "customer_no": "TEXT", "plan": "TEXT", "monthly_fee": "REAL", "start_on": "TEXT",
                  "end_on": "TEXT", "status": "TEXT", "ended_on": "TEXT", "end_reason": "TEXT", "changed_on": "TEXT",
                  "renewed_from": "TEXT"},
    "orders": {"order_no": _KEY, "customer_no": "TEXT", "product": "TEXT", "quantity": "INTEGER", "amount": "REAL",
               "currency": "TEXT", "ordered_on": "TEXT"},
    "deliveries": {"delivery_no": _KEY, "order_no": "TEXT", "promised_on": "TEXT", "delivered_on": "TEXT"},
    "invoices": {"invoice_no": _KEY, "customer_no": "TEXT", "order_no": "TEXT", "contract_no": "TEXT", "amount": "REAL",
                 "currency": "TEXT", "issued_on": "TEXT", "due_on": "TEXT"},
    "payments": {"payment_no": _KEY, "invoice_no": "TEXT", "amount": "REAL", "paid_on": "TEXT"},
    "machines": {"serial_no": _KEY, "customer_no": "TEXT", "model": "TEXT", "installed_on": "TEXT"},
    "parts": {"part_no": _KEY, "name_fr": "TEXT", "name_en": "TEXT", "price": "REAL",
              "maintenance_interval_days": "INTEGER"},
    "maintenance": {"maintenance_no": _KEY, "serial_no": "TEXT", "kind": "TEXT", "done_on": "TEXT",
                    "next_due_on": "TEXT"},
    "part_replacements": {"replacement_no": _KEY, "serial_no": "TEXT", "part_no": "TEXT", "replaced_on": "TEXT",
                          "was_failure": "INTEGER"},
    "projects": {"project_no": _KEY, "customer_no": "TEXT", "name": "TEXT", "started_on": "TEXT",
                 "completed_on": "TEXT"},
    "products": {"product_code": _KEY, "name_fr": "TEXT", "name_en": "TEXT", "price": "REAL", "family": "TEXT"},
}  # fmt: skip
_ROWS_AT_ONCE = 100_000


class ErpTables:
    """Holds the open database and counts rows."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=OFF")
        self._connection.execute("PRAGMA synchronous=OFF")
        self.counts: dict[str, int] = {}
        for table, columns in TABLES.items():
            written = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            # Rows come in the order of their keys: without a rowid the table is its own index, and loads faster.
            self._connection.execute(f"CREATE TABLE {table} ({written}) WITHOUT ROWID")

    def insert(self, table: str, columns: dict[str, Any]) -> None:
        """Add rows given as columns (arrays, or one text for all rows), in one transaction."""
        n = len(next(iter(columns.values())))
        ordered = [columns[name] for name in TABLES[table]]
        marks = ",".join("?" * len(ordered))
        self._connection.execute("BEGIN")
        for start in range(0, n, _ROWS_AT_ONCE):
            size = min(_ROWS_AT_ONCE, n - start)
            part = [_values(column, start, size) for column in ordered]
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", zip(*part, strict=True))
        self._connection.execute("COMMIT")
        self.counts[f"erp/erp.sqlite:{table}"] = n

    def close(self) -> None:
        """Finish the file."""
        self._connection.close()


def _values(column: Any, start: int, size: int) -> Sequence[Any]:
    if isinstance(column, str):
        return [column] * size
    part = column[start : start + size]
    if isinstance(part, list):
        return part
    return list(part.tolist() if isinstance(part, np.ndarray) else part.to_pylist())
