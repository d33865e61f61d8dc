"""The host name that Airflow reports, instead of the name of the recording machine."""


def hostname() -> str:
    """Return a name of the scenario."""
    return "airflow.acme.example"
