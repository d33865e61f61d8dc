"""One task per domain: snapshot, then follow the feed; resume, reset, back off; and how current each domain is.

`Followers` owns the tasks and answers for them; `follower` holds the mechanism, `state` the rule of the statuses. What
they learn goes to `lineage_gateway.mesh`, from whose versions all queries are answered.
"""

from lineage_gateway.sync.follower import Follower, Pace
from lineage_gateway.sync.followers import Followers, SyncLimits
from lineage_gateway.sync.state import Contact, Counts, DomainState, DomainStatus, StatusRules, state_of

__all__ = [
    "Contact",
    "Counts",
    "DomainState",
    "DomainStatus",
    "Follower",
    "Followers",
    "Pace",
    "StatusRules",
    "SyncLimits",
    "state_of",
]
