"""The GraphQL documents of the `lineage` command."""

from __future__ import annotations

from typing import Final

_RESTS = "domains { domain status position syncedAt stalenessSeconds message }"

SHOW: Final = f"""query Show($of: AssetRef!, $up: Int!, $down: Int!, $limit: Int!) {{
  up: lineage(of: $of, direction: UPSTREAM, depth: $up, limit: $limit) {{ ...Walk }}
  down: lineage(of: $of, direction: DOWNSTREAM, depth: $down, limit: $limit) {{ ...Walk }}
}}
fragment Walk on Lineage {{
  root {{ id redirectedFrom kind namespace name domain {{ name }} }}
  nodes {{ id kind namespace name domain type tags state updatedAt distance upstreamCount downstreamCount }}
  edges {{ source target steps origin domains firstSeen lastSeen }}
  totalNodes totalEdges truncated endCursor complete
  {_RESTS}
}}"""

COLUMNS: Final = f"""query Columns(
  $of: AssetRef!, $column: String!, $direction: LineageDirection!, $depth: Int!, $indirect: Boolean!
) {{
  columnLineage(of: $of, column: $column, direction: $direction, depth: $depth, includeIndirect: $indirect) {{
    root {{ dataset namespace name column type }}
    redirectedFrom
    nodes {{ dataset namespace name column type distance masked }}
    edges {{ sourceDataset sourceColumn targetDataset targetColumn kind subtype masking description job }}
    truncated complete
    {_RESTS}
  }}
}}"""

PATHS: Final = f"""query Paths($from: AssetRef!, $to: AssetRef!, $limit: Int!) {{
  paths(from: $from, to: $to, limit: $limit) {{
    from {{ id redirectedFrom }} to {{ id redirectedFrom }}
    paths
    nodes {{ id kind namespace name domain type tags state updatedAt distance upstreamCount downstreamCount }}
    edges {{ source target steps origin domains firstSeen lastSeen }}
    truncated complete
    {_RESTS}
  }}
}}"""

DOMAINS: Final = """query Domains {
  domains {
    name status position syncedAt stalenessSeconds datasets jobs edges namespaces description contacts
    lagSeconds deadLetters
  }
}"""

SEARCH: Final = """query Search($text: String!, $kinds: [AssetKind!], $first: Int!) {
  search(query: $text, kinds: $kinds, first: $first) {
    totalCount
    edges { node { id kind namespace name domain { name } } }
  }
  domains { name status }
}"""

EXPLAIN: Final = f"""query Explain($a: AssetRef!, $b: AssetRef!) {{
  explainIdentity(a: $a, b: $b) {{
    same
    a {{ ...Denoted }}
    b {{ ...Denoted }}
    path {{ ...Said }}
    heldBack {{ ...Said }}
    difference {{ part a b declaration }}
    ruleset version complete
    {_RESTS}
  }}
}}
fragment Denoted on IdentityName {{ reference canonicalKey rules ruleset nothing asset {{ id }} }}
fragment Said on IdentityClaim {{
  kind a b assertedBy status reason declarations firstSeen lastSeen
  declared {{ id origin assertedBy declaredAt }}
  assertions {{ domain namespace name otherNamespace otherName type }}
  event {{ id at producer runId jobNamespace jobName }}
}}"""

CONFLICTS: Final = """query Conflicts($first: Int!) {
  identityConflicts(first: $first) {
    totalCount
    edges { node { id reason message about keys claims state } }
  }
}"""

REFERENCES_BEGIN: Final = """query ReferencesBegin {
  identityReferences(first: 0) { ruleset declarations }
  domains { name status }
}"""

REFERENCES: Final = """query References($first: Int!, $after: String) {
  identityReferences(first: $first, after: $after) {
    edges { node { domain kind namespace name canonical symlinks { namespace name } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
