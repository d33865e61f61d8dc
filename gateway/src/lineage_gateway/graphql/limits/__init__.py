"""What one document may ask for, decided in time linear in its text, before it is validated.

`shape` counts what stands in it (depth, aliases, directives, root fields), `cost` says how many objects an answer may
have, `overlap` bounds the one rule of validation that compares fields pairwise. A fragment is measured once however
often it is spread, so that documents which double with every level cost no more to refuse than others.
"""

from lineage_gateway.graphql.limits.cost import NOTHING, Formula, compile_cost, evaluated
from lineage_gateway.graphql.limits.overlap import bounded_rules
from lineage_gateway.graphql.limits.settings import CostMode, QueryLimits
from lineage_gateway.graphql.limits.shape import too_large

__all__ = [
    "NOTHING",
    "CostMode",
    "Formula",
    "QueryLimits",
    "bounded_rules",
    "compile_cost",
    "evaluated",
    "too_large",
]
