"""Give every customer and person the codes by which separate systems know them, and list the planted faults."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from prevenance.demo.chance import mix
from prevenance.demo.people import People
from prevenance.demo.population import Names, Population
from prevenance.demo.scale import Bools, Dirt, Ints
from prevenance.demo.text import Text, digits, hexadecimal, join, where


@dataclass(frozen=True)
class Company:
    """Holds all that is true of the customers, before any system writes it down."""

    population: Population
    people: People
    names: Names
    dirt: Dirt
    codes: "Codes"
    faults: "Faults"

    def chance(self, part: str) -> np.random.Generator:
        """Return the seeded generator of one part of the work."""
        return self.population.chance(part)


@dataclass(frozen=True)
class Codes:
    """Holds the codes of each system; missing where the system does not know the customer or person."""

    crm: Text
    crm_double: Text  # a second code of the same client
    is_in_crm: Bools
    is_doubled: Bools
    erp: Text
    organisation: Ints
    workspace: Text
    contact: Text
    is_contact: Bools
    helpdesk_user: Ints
    product_user: Text


def system_codes(population: Population, people: People, dirt: Dirt) -> Codes:
    """Draw the codes; none can be computed from another."""
    chance, n, m = population.chance("codes"), population.n, people.n
    in_crm = chance.random(n) < 0.97
    doubled = in_crm & (chance.random(n) < dirt.doubled_client)
    crm, double = (digits(part) for part in np.split(100_001 + chance.permutation(2 * n), 2))
    contact = in_crm[people.customer] & (chance.random(m) < 0.85)
    return Codes(
        crm=where(in_crm, join("C", crm), None),
        crm_double=where(doubled, join("C", double), None),
        is_in_crm=in_crm,
        is_doubled=doubled,
        erp=join("K", digits(10_001 + chance.permutation(n))),
        organisation=360_000_000_000 + 17 * chance.permutation(n),
        workspace=where(population.has_contract, join("w_", digits(1_001 + chance.permutation(n))), None),
        contact=where(contact, join("P", digits(200_001 + chance.permutation(m))), None),
        is_contact=contact,
        helpdesk_user=380_000_000_000 + 13 * chance.permutation(m),
        product_user=where(
            people.is_user, join("u_", hexadecimal(mix(chance.permutation(m).astype(np.uint64)), 8)), None
        ),
    )


class Faults:
    """Collects what was planted where: kind of fault, file and key of the row."""

    def __init__(self) -> None:
        self._kinds: list[tuple[str, str, Text]] = []

    def add(self, kind: str, file: str, keys: Text) -> None:
        """Note that these rows carry a fault."""
        if len(keys):
            self._kinds.append((kind, file, keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys))

    def table(self) -> pa.Table:
        """Return all planted faults."""
        counts = [len(keys) for _, _, keys in self._kinds]
        return pa.table(
            {
                "kind": pa.array([kind for kind, _, _ in self._kinds], pa.string()).take(
                    pa.array(np.repeat(np.arange(len(counts)), counts))
                ),
                "file": pa.array([file for _, file, _ in self._kinds], pa.string()).take(
                    pa.array(np.repeat(np.arange(len(counts)), counts))
                ),
                "row_key": pa.concat_arrays([keys.cast(pa.string()) for _, _, keys in self._kinds])
                if counts
                else pa.array([], pa.string()),
            }
        )
