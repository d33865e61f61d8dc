"""Suggestions as something that goes on: surveyed in the background, proposed, decided about, expired.

`Suggesting` owns the surveys, `Proposals` what they found, `Deciding` takes decisions of people and of policies to the
file of declarations. A suggestion is PROPOSED while surveys find it, and EXPIRED once they do not, or once nobody has
decided for `suggestion_expiry_days`; found again after it was gone, it is proposed anew. That is kept in memory, so
that each gateway counts from when it first saw the pair. ACCEPTED and REJECTED are in the file, which gateways may
share, and hold for as long as the declaration that they made.
"""

from lineage_gateway.suggesting.nodes import node_of
from lineage_gateway.suggesting.owner import Suggesting, SuggestionLimits
from lineage_gateway.suggesting.proposals import Proposal, SuggestionState

__all__ = ["Proposal", "Suggesting", "SuggestionLimits", "SuggestionState", "node_of"]
