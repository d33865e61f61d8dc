"""The application: health, metrics, keys, error bodies."""
