"""The shared vocabulary: values, names, the wire, and the reading of events."""
