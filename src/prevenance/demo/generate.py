"""Conduct the generation: live the truth first, then let each system write down its part of it."""

import importlib.resources
import json
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from prevenance.demo.commerce import contracts, invoices, left_on, orders
from prevenance.demo.life import live
from prevenance.demo.machines import machines
from prevenance.demo.people import draft_people, finish_people
from prevenance.demo.population import customer_names, population
from prevenance.demo.scale import (
    AS_OF,
    COMPANY,
    END_DAY,
    SCALES,
    STARTED_ON,
    Kind,
    Size,
    checked_kind,
    dirt_of,
    scale_of,
)
from prevenance.demo.systems import Company, Faults, system_codes
from prevenance.demo.tickets import tickets
from prevenance.demo.truth import write_truth
from prevenance.demo.visits import visits, write_field_reports
from prevenance.demo.write_crm import write_crm
from prevenance.demo.write_erp import Commerce, write_erp
from prevenance.demo.write_helpdesk import write_helpdesk
from prevenance.demo.write_product import write_product
from prevenance.demo.write_survey import write_survey
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.progress import Progress, SilentProgress

_MARK = "practice.json"


@dataclass(frozen=True)
class PracticeCompany:
    """Says where a practice company was written and how much of it there is."""

    folder: Path
    n_customers: int
    as_of: datetime
    counts: dict[str, int]
    seconds: float


def generate(
    out: Path, *, size: Size = "small", kind: Kind = "standard", seed: int = 7, progress: Progress | None = None
) -> PracticeCompany:
    """Write a practice company whose true causes are known, in files that do not agree with each other.

    The folder appears whole or not at all; an older practice company at the same place is replaced.

    Args:
        out: the folder to make.
        size: tiny 80, small 1,000, medium 10,000 or large 100,000 customers.
        kind: standard, dirty (three times the odds of each fault) or no-effect (no action changes anything).
        seed: the same seed gives the same files.
        progress: hears of each step.

    Raises:
        ConfigurationError: the size or kind does not exist, or `out` holds something else.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     company = generate(Path(folder) / "mecalea", size="tiny", seed=7)
        ...     sorted(path.name for path in company.folder.iterdir())
        ['crm', 'erp', 'field_reports', 'helpdesk', 'knowledge_base', 'practice.json', 'product', 'survey', 'truth']
    """
    scale_of(size)
    checked_kind(kind)
    _may_write(out)
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    began = time.perf_counter()
    counts = _write(partial, size, kind, seed, progress or SilentProgress())
    if out.exists():
        shutil.rmtree(out)
    partial.rename(out)
    return PracticeCompany(out, SCALES[size].n_customers, AS_OF, counts, time.perf_counter() - began)


def _may_write(out: Path) -> None:
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / _MARK).exists())):
        raise ConfigurationError(
            f"{out} holds something that is not a practice company. Choose another folder, or empty this one first.",
            folder=str(out),
        )


def _write(folder: Path, size: Size, kind: Kind, seed: int, progress: Progress) -> dict[str, int]:
    scale, dirt = SCALES[size], dirt_of(kind)
    progress.step("truth")
    hidden = population(scale.n_customers, seed)
    draft = draft_people(hidden)
    named = customer_names(hidden, draft.first.take(draft.first_of_customer), draft.last.take(draft.first_of_customer))
    people = finish_people(draft, hidden, named)
    company = Company(hidden, people, named, dirt, system_codes(hidden, people, dirt), Faults())
    installed = machines(hidden)
    life = live(hidden, installed)
    terms, placed = contracts(hidden, life), orders(hidden, life)
    # Who buys without a contract vanishes silently; others still own their machines when the contract has ended.
    heard_until = np.where(hidden.has_contract, END_DAY, np.minimum(left_on(life), END_DAY))
    commerce = Commerce(terms, placed, invoices(hidden, life, terms, placed), installed, heard_until)
    written = tickets(hidden, people, life)
    visited = visits(company, installed, left_on(life), scale.n_field_reports)
    progress.step("crm")
    counts = write_crm(folder, company, written, visited)
    progress.step("erp")
    counts |= write_erp(folder, company, commerce)
    progress.step("helpdesk")
    counts |= write_helpdesk(folder, company, life, written)
    progress.step("product", 36)
    counts |= write_product(folder, company, life, scale.usage_density, progress)
    progress.step("survey, field reports, knowledge base")
    counts |= write_survey(folder, company, life) | write_field_reports(folder, company, visited, installed)
    counts |= _write_knowledge_base(folder)
    progress.step("truth files")
    facts: dict[str, object] = {"company": COMPANY, "size": size, "kind": kind, "seed": seed}
    write_truth(folder, company, life, kind, facts)
    facts |= {"as_of": AS_OF.strftime("%Y-%m-%dT%H:%M:%SZ"), "started_on": STARTED_ON.isoformat()}
    (folder / _MARK).write_bytes((json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode())
    return counts


def _write_knowledge_base(folder: Path) -> dict[str, int]:
    articles = importlib.resources.files("prevenance.demo") / "articles"
    n = 0
    for language in ("fr", "en"):
        target = folder / "knowledge_base" / language
        target.mkdir(parents=True)
        for article in sorted(articles.joinpath(language).iterdir(), key=lambda one: one.name):
            (target / article.name).write_bytes(article.read_bytes())
            n += 1
    return {"knowledge_base": n}
