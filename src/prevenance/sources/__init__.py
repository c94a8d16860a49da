"""Sources: what did they send us?

A source is a system of the company (CRM, ERP, helpdesk, product, survey ...); each of its streams is a table, a sheet
or a kind of record. A mapping file in the project folder says, in words a non-programmer can read, what the columns
mean, on which legal basis each may be used, and which events, parties, identifiers and consents the rows tell. `pull`
reads what changed, judges every row, and writes what can be believed into the lake; the rest goes to quarantine with
its reason. Connectors - the ways rows come in - are one file each in `connectors/`. `Files` adds a file that a person
has: proposes its mapping, rehearses, loads, and takes a load back.
"""

from prevenance.sources.adding.files import Files
from prevenance.sources.base import Connector, Reading
from prevenance.sources.judging import QUARANTINE_REASONS
from prevenance.sources.mapping import SourceMapping
from prevenance.sources.mapping_files import load_mappings
from prevenance.sources.pull import pull

__all__ = ["QUARANTINE_REASONS", "Connector", "Files", "Reading", "SourceMapping", "load_mappings", "pull"]
