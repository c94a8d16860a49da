"""List the technicians' visits and write their field reports, one text file each."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from prevenance.demo import names as words
from prevenance.demo.machines import MODELS, Machines
from prevenance.demo.scale import END_DAY, START_DAY, Ints
from prevenance.demo.sentences import Speech
from prevenance.demo.spelling import company_name
from prevenance.demo.systems import Company
from prevenance.demo.text import french_day, iso_day, join, pick, where


@dataclass(frozen=True)
class Visits:
    """Holds one row per visit that left a report, ordered by day."""

    customer: Ints
    machine: Ints
    day: Ints


def visits(company: Company, installed: Machines, present_until: Ints, n_reports: int) -> Visits:
    """Choose, among failures repaired and maintenance done, the visits that left a report."""
    chance = company.chance("visits")
    machine = np.concatenate([installed.replaced_machine[installed.replaced_failed], installed.serviced_machine])
    day = np.concatenate([installed.replaced_day[installed.replaced_failed] + 1, installed.serviced_day])
    customer = installed.customer[machine]
    candidates = np.nonzero((day >= START_DAY) & (day < np.minimum(END_DAY, present_until[customer])))[0]
    chosen = candidates[np.sort(chance.permutation(candidates.size)[:n_reports])]
    chosen = chosen[np.lexsort((customer[chosen], day[chosen]))]
    _, first = np.unique(day[chosen] * 10_000_000 + customer[chosen], return_index=True)  # a report a day and customer
    chosen = chosen[np.sort(first)]
    return Visits(customer[chosen], machine[chosen], day[chosen])


def write_field_reports(folder: Path, company: Company, visited: Visits, installed: Machines) -> dict[str, int]:
    """Write the reports; a loop over files, of which there are few at any size."""
    chance, n = company.chance("field reports"), visited.day.size
    french = company.population.is_french[visited.customer]
    speech = Speech(french, company.population.seed, "field reports")
    code = company.codes.erp.take(pa.array(visited.customer))
    shown = where(
        chance.random(n) < 0.7,
        join(code, " ", company_name(company.names, visited.customer, chance, is_old_system=False)),
        code,
    )
    text = join(
        where(french, "Client : ", "Client: "),
        shown,
        where(french, "\nTechnicien : ", "\nTechnicien: "),
        pick(words.TECHNICIANS, chance.integers(0, len(words.TECHNICIANS), n)),
        where(french, "\nDate : ", "\nDate: "),
        where(french, french_day(visited.day), iso_day(visited.day)),
        "\n\n",
        speech.phrase("REPORTS", pick(MODELS, installed.model[visited.machine])),
        "\n",
        speech.phrase("REPORT_MOODS"),
        "\n",
    )
    target = folder / "field_reports"
    target.mkdir(parents=True, exist_ok=True)
    names = join(iso_day(visited.day), "_", code, where(french, "_visite.txt", "_visit.txt"))
    for name, content in zip(names.to_pylist(), text.to_pylist(), strict=True):
        (target / name).write_bytes(content.encode())
    return {"field_reports": n}
