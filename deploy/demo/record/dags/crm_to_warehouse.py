"""Sales domain: copies the CRM tables into the warehouse's raw schema, checks them, then starts the analysts' dbt."""

from datetime import UTC, datetime

from airflow.providers.common.compat.sdk import Asset
from airflow.providers.common.sql.operators.sql import SQLColumnCheckOperator, SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

CRM = "postgres://crm-db.acme.example:5432/crm/public"
WAREHOUSE = "postgres://warehouse.acme.example:5432/warehouse/crm"

MACROS = "macros.OpenLineageProviderPlugin"

# Explicit columns with aliases and no CTE: OpenLineage's SQL parser derives the column lineage from this form.
LOAD = {
    "customers": """
        INSERT INTO raw.customers (customer_id, email_hash, country, signed_up_at, cancelled_at)
        SELECT
            c.customer_id AS customer_id,
            md5(c.email) AS email_hash,
            c.country AS country,
            c.signed_up_at AS signed_up_at,
            c.cancelled_at AS cancelled_at
        FROM crm.customers AS c""",
    "orders": """
        INSERT INTO raw.orders (order_id, customer_id, ordered_at, status, amount)
        SELECT
            o.order_id AS order_id,
            o.customer_id AS customer_id,
            o.ordered_at AS ordered_at,
            o.status AS status,
            o.amount AS amount
        FROM crm.orders AS o""",
    "payments": """
        INSERT INTO raw.payments (payment_id, order_id, method, amount, failed)
        SELECT
            p.payment_id AS payment_id,
            p.order_id AS order_id,
            p.method AS method,
            p.amount AS amount,
            p.failed AS failed
        FROM crm.payments AS p""",
}

with DAG(
    dag_id="crm_to_warehouse",
    description="Daily copy of the CRM tables into the warehouse",
    doc_md="Attaches the CRM tables to the warehouse, reloads `raw.*` from them, checks the orders and runs dbt.",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    default_args={"owner": "sales-data"},
    tags=["sales", "daily"],
) as dag:
    check_orders = SQLColumnCheckOperator(
        task_id="check_orders",
        conn_id="warehouse",
        table="raw.orders",
        column_mapping={
            "order_id": {"null_check": {"equal_to": 0}, "unique_check": {"equal_to": 0}},
            "amount": {"min": {"geq_to": 0}},
        },
    )
    build_marts = BashOperator(
        task_id="build_marts",
        doc_md="Runs the analysts' dbt project; its runs name this task as their parent.",
        bash_command='cd "$ACME_DBT_DIR" && dbt-ol run && dbt-ol test',
        append_env=True,
        env={
            "OPENLINEAGE_NAMESPACE": "analytics",
            "OPENLINEAGE__TRANSPORT__TYPE": "file",
            "OPENLINEAGE__TRANSPORT__LOG_FILE_PATH": "{{ var.value.analytics_events }}",
            "OPENLINEAGE__TRANSPORT__APPEND": "true",
            "OPENLINEAGE_PARENT_ID": f"{{{{ {MACROS}.lineage_parent_id(task_instance) }}}}",
            "OPENLINEAGE_ROOT_PARENT_ID": f"{{{{ {MACROS}.lineage_root_parent_id(task_instance) }}}}",
        },
    )
    for table, insert in LOAD.items():
        # The SQL parser finds no lineage in this statement, so the declared inlets and outlets are reported.
        attach = SQLExecuteQueryOperator(
            task_id=f"attach_{table}",
            conn_id="warehouse",
            sql=[
                f"DROP FOREIGN TABLE IF EXISTS crm.{table}",
                f"IMPORT FOREIGN SCHEMA public LIMIT TO ({table}) FROM SERVER crm_db INTO crm",
            ],
            inlets=[Asset(f"{CRM}/{table}")],
            outlets=[Asset(f"{WAREHOUSE}/{table}")],
        )
        load = SQLExecuteQueryOperator(
            task_id=f"load_{table}",
            conn_id="warehouse",
            doc_md=f"Reloads `raw.{table}` from the CRM.",
            sql=[f"DELETE FROM raw.{table}", insert],  # noqa: S608 (the table names are the keys above)
        )
        attach >> load >> check_orders
    check_orders >> build_marts
