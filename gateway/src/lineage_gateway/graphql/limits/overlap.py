"""The rule that compares fields of one name pairwise, with a budget: it is the quadratic part of validation."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import OverlappingFieldsCanBeMergedRule, ValidationContext
from graphql.validation import ASTValidationRule


def bounded_rules(rules: Iterable[type[ASTValidationRule]], overlap_max: int) -> tuple[type[ASTValidationRule], ...]:
    """Return the rules, with a budget of comparisons for the pairwise one; beyond it validation is aborted."""

    class BoundedOverlap(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = overlap_max

    return tuple(BoundedOverlap if rule is OverlappingFieldsCanBeMergedRule else rule for rule in rules)
