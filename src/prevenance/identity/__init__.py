"""Identity: who is it?

The same customer stands in several systems under several ids. Exact, safe identifiers join records first; what remains
is compared by resemblance (Splink) and joined only when the match is all but sure; the middle band waits for a person.
People belong to accounts; a customer is the account, or the person where there is none. A person's word - `merge`,
`unmerge` - stands over both, and can be taken back without loss. `link_table` does it for flat tables.
"""

from prevenance.identity.base import Comparison
from prevenance.identity.decisions import decisions, merge, unmerge
from prevenance.identity.linking import link_table
from prevenance.identity.resolve import IdentityReport, resolve

__all__ = ["Comparison", "IdentityReport", "decisions", "link_table", "merge", "resolve", "unmerge"]
