"""Detail types: what an agent knows about one asset beyond the topology, and how it looks in GraphQL."""

from __future__ import annotations

import strawberry

from lineage_gateway.graphql.nodes import PageInfo
from lineage_gateway.graphql.scalars import Instant
from lineage_shared.wire import Assertion, FacetsDetail, LifecycleChange, SchemaField, SchemaVersion, SourceCodeDetail


@strawberry.type(
    description="A column of a dataset; nested fields follow their parent with a dotted path as their name."
)
class DatasetColumn:
    """A column of a dataset."""

    name: str = strawberry.field(description="The column's name, dotted when nested.")
    type: str | None = strawberry.field(description="The type as the producer wrote it.")
    description: str | None = strawberry.field(description="What the producer says of the column.")
    tags: list[str] = strawberry.field(description="Tags of the column.")
    masked: bool = strawberry.field(description="Whether the owning domain shares the name only.")

    @classmethod
    def of(cls, field: SchemaField) -> DatasetColumn:
        """Show one field of a schema."""
        return cls(
            name=field.name,
            type=field.type or None,
            description=field.description or None,
            tags=list(field.tags),
            masked=field.masked,
        )


@strawberry.type(name="SchemaVersion", description="One distinct schema of a dataset.")
class SchemaVersionType:
    """One distinct schema of a dataset."""

    version: str = strawberry.field(description="Names the version: equal schemas of a dataset have equal versions.")
    first_seen: Instant = strawberry.field(description="The time of the first event that reported it.")
    last_seen: Instant = strawberry.field(description="The time of the last event that reported it.")
    columns: list[DatasetColumn] = strawberry.field(description="The columns of this version.")

    @classmethod
    def of(cls, version: SchemaVersion) -> SchemaVersionType:
        """Show one version."""
        return cls(
            version=version.version,
            first_seen=Instant(version.first_seen_us),
            last_seen=Instant(version.last_seen_us),
            columns=[DatasetColumn.of(field) for field in version.fields],
        )


@strawberry.type(description="A schema version with its place in the connection.")
class SchemaVersionEdge:
    """A schema version with its place in the connection."""

    node: SchemaVersionType = strawberry.field(description="The version.")
    cursor: str = strawberry.field(description="Its place, to be passed as `after`.")


@strawberry.type(description="Schema versions, newest first.")
class SchemaVersionConnection:
    """Schema versions, newest first."""

    edges: list[SchemaVersionEdge] = strawberry.field(description="This page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="All versions.")


@strawberry.type(description="The newest result of one data quality assertion.")
class QualityAssertion:
    """The newest result of one data quality assertion."""

    assertion: str = strawberry.field(description="What is asserted, e.g. not_null.")
    success: bool = strawberry.field(description="Whether it held.")
    column: str | None = strawberry.field(description="The column it is about; null for the whole dataset.")
    severity: str | None = strawberry.field(description="How bad a failure is, as the producer says.")
    at: Instant | None = strawberry.field(description="When it was checked.")

    @classmethod
    def of(cls, assertion: Assertion) -> QualityAssertion:
        """Show one assertion."""
        return cls(
            assertion=assertion.assertion,
            success=assertion.success,
            column=assertion.column,
            severity=assertion.severity or None,
            at=Instant(assertion.at_us) if assertion.at_us is not None else None,
        )


@strawberry.type(description="One change in a dataset's life.")
class DatasetLifecycleChange:
    """One change in a dataset's life."""

    change: str = strawberry.field(description="CREATE, ALTER, OVERWRITE, TRUNCATE, RENAME or DROP.")
    at: Instant = strawberry.field(description="The time of the event that reported it.")
    previous_namespace: str | None = strawberry.field(description="After RENAME: the namespace before.")
    previous_name: str | None = strawberry.field(description="After RENAME: the name before.")

    @classmethod
    def of(cls, change: LifecycleChange) -> DatasetLifecycleChange:
        """Show one change."""
        return cls(
            change=change.change,
            at=Instant(change.at_us),
            previous_namespace=change.previous_namespace or None,
            previous_name=change.previous_name or None,
        )


@strawberry.type(description="A dataset's life as producers reported it; each time is that of the newest such event.")
class DatasetLifecycle:
    """A dataset's life as producers reported it."""

    dropped: bool = strawberry.field(description="Whether it is dropped now: it was, and nothing wrote it since.")
    created_at: Instant | None = strawberry.field(description="The newest CREATE.")
    dropped_at: Instant | None = strawberry.field(description="The newest DROP.")
    renamed_at: Instant | None = strawberry.field(description="The newest RENAME into the present name.")
    truncated_at: Instant | None = strawberry.field(description="The newest TRUNCATE.")
    changes: list[DatasetLifecycleChange] = strawberry.field(description="All changes that are kept.")

    @classmethod
    def of(cls, detail: FacetsDetail) -> DatasetLifecycle:
        """Show the lifecycle of a dataset."""
        newest: dict[str, int] = {}
        for change in detail.lifecycle:
            newest[change.change] = max(change.at_us, newest.get(change.change, change.at_us))
        times = {change: Instant(at_us) for change, at_us in newest.items()}
        return cls(
            dropped=detail.dropped,
            created_at=times.get("CREATE"),
            dropped_at=times.get("DROP"),
            renamed_at=times.get("RENAME"),
            truncated_at=times.get("TRUNCATE"),
            changes=[DatasetLifecycleChange.of(change) for change in detail.lifecycle],
        )


def reported_lifecycle(detail: FacetsDetail) -> DatasetLifecycle | None:
    """Return the lifecycle of a dataset; None when nothing was ever reported of it."""
    return DatasetLifecycle.of(detail) if detail.lifecycle or detail.dropped else None


@strawberry.type(description="Where a job's code lives.")
class SourceCode:
    """Where a job's code lives."""

    type: str | None = strawberry.field(description="The kind of place, e.g. git.")
    url: str | None = strawberry.field(description="The address of the file.")
    repo_url: str | None = strawberry.field(description="The address of the repository.")
    version: str | None = strawberry.field(description="The version that ran, e.g. a commit.")
    branch: str | None = strawberry.field(description="The branch.")
    path: str | None = strawberry.field(description="The path inside the repository.")

    @classmethod
    def of(cls, code: SourceCodeDetail) -> SourceCode:
        """Show a source code location."""
        return cls(
            type=code.type or None,
            url=code.url or None,
            repo_url=code.repo_url or None,
            version=code.version or None,
            branch=code.branch or None,
            path=code.path or None,
        )
