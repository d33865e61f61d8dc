"""ML domain: trains a churn model on the analysts' mart, scores every customer and reports both runs to OpenLineage.

Usage: churn.py DATE MODEL_FILE. Where the events go is configured through OPENLINEAGE__TRANSPORT__* variables.
"""

import hashlib
import pickle
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psycopg
import sklearn
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    DatasetFacet,
    JobFacet,
    RunFacet,
    column_lineage_dataset,
    data_quality_metrics_input_dataset,
    dataset_type_dataset,
    dataset_version_dataset,
    documentation_dataset,
    documentation_job,
    error_message_run,
    execution_parameters_run,
    input_statistics_input_dataset,
    job_type_job,
    nominal_time_run,
    output_statistics_output_dataset,
    ownership_dataset,
    ownership_job,
    parent_run,
    processing_engine_run,
    schema_dataset,
    source_code_location_job,
    tags_dataset,
    tags_job,
    tags_run,
)
from openlineage.client.uuid import generate_new_uuid
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

NAMESPACE = "ml"
PRODUCER = "https://git.acme.example/ml/churn"
WAREHOUSE = "postgres://warehouse.acme.example:5432"
MART = "warehouse.marts.customer_features"
SCORES = "warehouse.ml.churn_scores"
MODELS = "mlflow://models.acme.example"
MODEL = "churn_model"

FEATURES = ["active_days", "order_count", "average_amount", "total_amount", "failed_payments"]
LABEL = "has_churned"
MIN_CUSTOMERS = 100
REGULARISATION = 0.5
MEDIUM_RISK = 0.3
HIGH_RISK = 0.6

JOBS = {
    "churn.daily": ("PIPELINE", "Trains the churn model and scores all customers, once a day."),
    "churn.train": ("TRAINING", "Fits a logistic regression on the customer features."),
    "churn.score": ("BATCH_INFERENCE", "Writes a churn probability for every customer."),
}


class TrackedRun:
    """One run of a job: emits START when entered, COMPLETE or FAIL when left."""

    def __init__(self, client: OpenLineageClient, name: str, date: str, ancestors: "list[TrackedRun]") -> None:
        self.client = client
        self.name = name
        self.run_id = str(generate_new_uuid())
        self.inputs: list[InputDataset] = []
        self.outputs: list[OutputDataset] = []
        job_type, description = JOBS[name]
        self.job_facets: dict[str, JobFacet] = {
            "jobType": job_type_job.JobTypeJobFacet(processingType="BATCH", integration="PYTHON", jobType=job_type),
            "documentation": documentation_job.DocumentationJobFacet(description=description),
            "ownership": ownership_job.OwnershipJobFacet([ownership_job.Owner("team:ml", "OWNER")]),
            "sourceCodeLocation": source_code_location_job.SourceCodeLocationJobFacet(
                type="git",
                url="https://git.acme.example/ml/churn/blob/main/churn.py",
                repoUrl="https://git.acme.example/ml/churn",
                path="churn.py",
                branch="main",
            ),
            "tags": tags_job.TagsJobFacet([tags_job.TagsJobFacetFields("tier", "gold", "USER")]),
        }
        self.run_facets: dict[str, RunFacet] = {
            "nominalTime": nominal_time_run.NominalTimeRunFacet(f"{date}T00:00:00Z", f"{date}T23:59:59Z"),
            "processing_engine": processing_engine_run.ProcessingEngineRunFacet(sklearn.__version__, "scikit-learn"),
        }
        if ancestors:
            root, parent = ancestors[0], ancestors[-1]
            self.run_facets["parent"] = parent_run.ParentRunFacet(
                run=parent_run.Run(parent.run_id),
                job=parent_run.Job(NAMESPACE, parent.name),
                root=parent_run.Root(parent_run.RootRun(root.run_id), parent_run.RootJob(NAMESPACE, root.name)),
            )

    def emit(self, state: RunState) -> None:
        """Send one event with everything known about the run so far."""
        self.client.emit(
            RunEvent(
                eventType=state,
                eventTime=datetime.now(UTC).isoformat(),
                run=Run(self.run_id, self.run_facets),
                job=Job(NAMESPACE, self.name, self.job_facets),
                producer=PRODUCER,
                inputs=self.inputs,
                outputs=self.outputs,
            )
        )


@contextmanager
def tracked_run(client: OpenLineageClient, name: str, date: str, *ancestors: TrackedRun) -> Iterator[TrackedRun]:
    """Emit START, then COMPLETE or, if the block raises, FAIL; the ancestors are given from the root down."""
    run = TrackedRun(client, name, date, list(ancestors))
    run.emit(RunState.START)
    try:
        yield run
    except Exception as error:
        run.run_facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(
            str(error), "PYTHON", traceback.format_exc()
        )
        run.emit(RunState.FAIL)
        raise
    run.emit(RunState.COMPLETE)


def from_column(
    dataset: str, field: str, kind: str, subtype: str, *, description: str | None = None, namespace: str = WAREHOUSE
) -> column_lineage_dataset.InputField:
    """Name one column as the origin of another, with the way it is used."""
    return column_lineage_dataset.InputField(
        namespace, dataset, field, [column_lineage_dataset.Transformation(kind, subtype, description, masking=False)]
    )


def table_schema(connection: psycopg.Connection, dataset: str) -> schema_dataset.SchemaDatasetFacet:
    """Read the columns from the database's catalogue."""
    _, schema, table = dataset.split(".")
    columns = connection.execute(
        "SELECT column_name, data_type, ordinal_position FROM information_schema.columns"
        " WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position",
        (schema, table),
    ).fetchall()
    return schema_dataset.SchemaDatasetFacet(
        [schema_dataset.SchemaDatasetFacetFields(n, t, ordinal_position=p) for n, t, p in columns]
    )


def mart_input(connection: psycopg.Connection, columns: dict[str, np.ndarray]) -> InputDataset:
    """The mart as an input, with metrics of the columns as they were read."""
    rows = len(columns[LABEL])
    metrics = {
        name: data_quality_metrics_input_dataset.ColumnMetrics(
            nullCount=int(np.isnan(values).sum()),
            distinctCount=len(np.unique(values)),
            sum=round(float(values.sum()), 2),
            count=rows,
            min=float(values.min()),
            max=float(values.max()),
            quantiles={str(q): round(float(np.quantile(values, q)), 2) for q in (0.25, 0.5, 0.75)},
        )
        for name, values in columns.items()
        if name in FEATURES
    }
    return InputDataset(
        WAREHOUSE,
        MART,
        facets={"schema": table_schema(connection, MART)},
        inputFacets={
            "dataQualityMetrics": data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet(metrics, rows),
            "inputStatistics": input_statistics_input_dataset.InputStatisticsInputDatasetFacet(rowCount=rows),
        },
    )


def model_facets(version: str) -> dict[str, DatasetFacet]:
    """Describe the model as a dataset."""
    fields = [schema_dataset.SchemaDatasetFacetFields("churn_probability", "double", "Output of the model")]
    learned_from = [from_column(MART, name, "DIRECT", "TRANSFORMATION", description="feature") for name in FEATURES]
    learned_from.append(from_column(MART, LABEL, "INDIRECT", "CONDITIONAL", description="label"))
    return {
        "datasetType": dataset_type_dataset.DatasetTypeDatasetFacet("MODEL", "LOGISTIC_REGRESSION"),
        "version": dataset_version_dataset.DatasetVersionDatasetFacet(version),
        "schema": schema_dataset.SchemaDatasetFacet(fields),
        "documentation": documentation_dataset.DocumentationDatasetFacet("Probability that a customer leaves"),
        "ownership": ownership_dataset.OwnershipDatasetFacet([ownership_dataset.Owner("team:ml", "OWNER")]),
        "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(
            {"churn_probability": column_lineage_dataset.Fields(learned_from)}
        ),
    }


def scores_facets(connection: psycopg.Connection) -> dict[str, DatasetFacet]:
    """Describe the table of scores, with the origin of its columns."""
    probability = [from_column(MART, name, "DIRECT", "TRANSFORMATION") for name in FEATURES]
    probability.append(from_column(MODEL, "churn_probability", "DIRECT", "TRANSFORMATION", namespace=MODELS))
    thresholds = f"thresholds {MEDIUM_RISK} and {HIGH_RISK}"
    fields = {
        "customer_id": [from_column(MART, "customer_id", "DIRECT", "IDENTITY")],
        "country": [from_column(MART, "country", "DIRECT", "IDENTITY")],
        "churn_probability": probability,
        # The band is a label chosen by comparing the probability with thresholds.
        "risk_band": [
            from_column(MODEL, "churn_probability", "INDIRECT", "CONDITIONAL", description=thresholds, namespace=MODELS)
        ],
    }
    tags = [
        tags_dataset.TagsDatasetFacetFields("pii", "false", "USER"),
        tags_dataset.TagsDatasetFacetFields("sensitive", "true", "USER", "churn_probability"),
    ]
    return {
        "schema": table_schema(connection, SCORES),
        "documentation": documentation_dataset.DocumentationDatasetFacet("Latest churn score of every customer"),
        "ownership": ownership_dataset.OwnershipDatasetFacet([ownership_dataset.Owner("team:ml", "OWNER")]),
        "tags": tags_dataset.TagsDatasetFacet(tags),
        "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(
            {name: column_lineage_dataset.Fields(inputs) for name, inputs in fields.items()},
            # Only customers that have not left yet are scored, which affects all columns.
            dataset=[from_column(MART, LABEL, "INDIRECT", "FILTER")],
        ),
    }


def read_mart(connection: psycopg.Connection, where: str = "true") -> dict[str, np.ndarray]:
    """Read the customers' features, label and country, one array per column."""
    names = ["customer_id", "country", LABEL, *FEATURES]
    query = f"SELECT {', '.join(names)} FROM marts.customer_features WHERE {where} ORDER BY customer_id"  # noqa: S608
    rows = connection.execute(query).fetchall()
    if not rows:
        raise ValueError("The customer features are empty")
    return {
        name: np.array(values, dtype=float if name in FEATURES else None)
        for name, values in zip(names, zip(*rows, strict=True), strict=True)
    }


def feature_matrix(columns: dict[str, np.ndarray]) -> np.ndarray:
    """Arrange the features as the model takes them: a row per customer."""
    return np.column_stack([columns[name] for name in FEATURES])


def train(run: TrackedRun, connection: psycopg.Connection, model_file: Path) -> tuple[Pipeline, str]:
    """Fit and save the model; return it with its version."""
    columns = read_mart(connection)
    run.inputs = [mart_input(connection, columns)]
    parameters = {"algorithm": "logistic regression", "C": REGULARISATION, "folds": 5, "rows": len(columns[LABEL])}
    run.run_facets["executionParameters"] = execution_parameters_run.ExecutionParametersRunFacet(
        [execution_parameters_run.ExecutionParameter(key, value=str(value)) for key, value in parameters.items()]
    )
    run.emit(RunState.RUNNING)
    if len(columns[LABEL]) < MIN_CUSTOMERS:
        raise ValueError(f"Only {len(columns[LABEL])} customers, at least {MIN_CUSTOMERS} are needed for training")

    model = make_pipeline(StandardScaler(), LogisticRegression(C=REGULARISATION))
    auc = cross_val_score(model, feature_matrix(columns), columns[LABEL], cv=5, scoring="roc_auc").mean()
    model.fit(feature_matrix(columns), columns[LABEL])
    content = pickle.dumps(model)
    model_file.write_bytes(content)
    version = hashlib.sha256(content).hexdigest()[:12]

    run.run_facets["tags"] = tags_run.TagsRunFacet([tags_run.TagsRunFacetFields("auc", f"{auc:.3f}", "USER")])
    run.outputs = [
        OutputDataset(
            MODELS,
            MODEL,
            facets=model_facets(version),
            outputFacets={
                "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                    size=len(content), fileCount=1
                )
            },
        )
    ]
    return model, version


def score(run: TrackedRun, connection: psycopg.Connection, model: Pipeline, version: str) -> None:
    """Write the scores of all customers that have not left."""
    columns = read_mart(connection, f"NOT {LABEL}")
    run.inputs = [mart_input(connection, columns), InputDataset(MODELS, MODEL, facets=model_facets(version))]
    probabilities = model.predict_proba(feature_matrix(columns))[:, 1]
    bands = np.select([probabilities < MEDIUM_RISK, probabilities < HIGH_RISK], ["low", "medium"], "high")
    rows = list(
        zip(
            columns["customer_id"].tolist(),
            columns["country"].tolist(),
            probabilities.tolist(),
            bands.tolist(),
            strict=True,
        )
    )
    connection.execute("DELETE FROM ml.churn_scores")
    connection.cursor().executemany("INSERT INTO ml.churn_scores VALUES (%s, %s, %s, %s)", rows)
    connection.commit()
    run.outputs = [
        OutputDataset(
            WAREHOUSE,
            SCORES,
            facets=scores_facets(connection),
            outputFacets={
                "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                    rowCount=len(rows)
                )
            },
        )
    ]


def main() -> None:
    """Train, then score."""
    date, model_file = sys.argv[1], Path(sys.argv[2])
    client = OpenLineageClient()
    with (
        psycopg.connect("host=warehouse.acme.example dbname=warehouse user=acme") as connection,
        tracked_run(client, "churn.daily", date) as daily,
    ):
        with tracked_run(client, "churn.train", date, daily) as training:
            model, version = train(training, connection, model_file)
        with tracked_run(client, "churn.score", date, daily) as scoring:
            score(scoring, connection, model, version)


if __name__ == "__main__":
    main()
