"""Events of real producers: read or refused as OPENLINEAGE.md says, and counted as a naive reader counts them."""

from collections.abc import Iterable

import pytest

from lineage_shared.errors import InvalidEvent
from lineage_shared.openlineage import Event, EventKind, facets, parse, read_event
from tests import corpora, naive


def _counts(events: Iterable[Event]) -> dict[str, int]:
    distinct = {event.hash: event for event in events}.values()
    mentions = [mention for event in distinct for mention in (*event.inputs, *event.outputs, event.dataset) if mention]
    return {
        "events": len(distinct),
        "datasets": len({mention.ref for mention in mentions}),
        "jobs": len({event.job for event in distinct if event.job}),
        "runs": len({(event.run_id, event.job) for event in distinct if event.kind is EventKind.RUN}),
        "column_edges": len({pair for event in distinct for pair in _pairs(event)}),
    }


def _pairs(event: Event) -> Iterable[tuple[object, ...]]:
    for mention in (*event.inputs, *event.outputs, event.dataset):
        if mention:
            edges = facets.column_lineage(mention.facets.get("columnLineage")).edges
            edges += facets.dataset_lineage(mention.facets.get("lineage")).edges
            yield from ((mention.ref, edge.output, edge.source, edge.input) for edge in edges if edge.output)
    for entry in facets.job_lineage(event.job_facets.get("lineage")).datasets:
        yield from ((entry.target, e.output, e.source, e.input) for e in entry.lineage.edges if e.output)


@pytest.mark.parametrize("path", corpora.event_files(), ids=lambda path: path.stem)
def test_kept_events(path: object) -> None:
    """The events kept in the repository are all read, with the naive totals."""
    assert isinstance(path, type(corpora.KEPT))
    lines = corpora.lines(path)
    counts = _counts(read_event(parse(line)) for line in lines)
    assert counts == {key: value for key, value in naive.totals(lines).items() if key in counts}
    assert counts["events"] > 0


def test_events_beside_the_repository() -> None:
    """All events of all corpora are read, with the naive totals; only the one without a runId is refused."""
    refused = []
    for path in corpora.event_files(corpora.beside("events")):
        read = []
        lines = corpora.lines(path)
        for line in lines:
            try:
                read.append(read_event(parse(line)))
            except InvalidEvent as error:
                refused.append((path.name, error.message))
        counts = _counts(read)
        assert counts == {key: value for key, value in naive.totals(lines).items() if key in counts}, path.name
    assert refused == [("invalid_or_lenient.wrapped.ndjson", "run.runId: missing or empty")]
