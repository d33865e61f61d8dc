"""What the reconciler says of itself: explanations, conflicts, declarations and suggestions."""
