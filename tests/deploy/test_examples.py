"""The example files are read by the real loaders, and agree with compose.yaml, which mounts one of them."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from lineage_agent import config as agent
from lineage_gateway import config as gateway
from lineage_gateway.registry import domains_of
from lineage_shared.bearer import KEY_LENGTH_MIN
from tests.deploy.material import DEPLOY, DOMAINS, run

EXAMPLES = DEPLOY / "examples"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder of keys, as `deploy/keys.py` makes it."""
    folder = tmp_path / "secrets"
    done = run(sys.executable, DEPLOY / "keys.py", folder, *DOMAINS)
    assert done.returncode == 0, done.stderr
    return folder


def test_mesh_toml_loads(keys: Path, tmp_path: Path) -> None:
    """The gateway takes the registry, with a key for every domain."""
    text = (EXAMPLES / "mesh.toml").read_text(encoding="utf-8")
    assert text.count('key_file = "/run/secrets/') == len(DOMAINS)
    path = tmp_path / "mesh.toml"
    path.write_text(text.replace("/run/secrets", str(keys)), encoding="utf-8")
    loaded = gateway.load({"config": str(path)}, {"LINEAGE_GATEWAY_KEYS_FILE": str(keys / "callers")})
    domains = domains_of(loaded.domains)
    assert tuple(domains) == DOMAINS
    assert domains["sales"].namespaces == ("postgres://crm-db.acme.example:5432",)
    assert all(domain.key == (keys / f"{name}-mesh").read_text().strip() for name, domain in domains.items())
    assert gateway.keyring(loaded.settings)


def test_agent_toml_loads(keys: Path) -> None:
    """The agent takes its file, and with the keys it may listen beyond this machine."""
    environ = {f"LINEAGE_AGENT_{door}_KEYS_FILE": str(keys / f"sales-{door.lower()}") for door in ("INGEST", "MESH")}
    settings = agent.load({"host": "0.0.0.0"}, str(EXAMPLES / "agent.toml"), environ)
    agent.check_exposure(settings, agent.keys_of(settings))
    assert settings.domain == "sales"
    assert settings.windows == {"airflow-hourly": 24}


def test_keys_are_long_and_private(keys: Path) -> None:
    """Every key is a file of its own, with a secret that a keyring accepts, in a folder closed to others."""
    names = {"callers", *(f"{domain}-{door}" for domain in DOMAINS for door in ("ingest", "mesh"))}
    written = {path.name: path.read_text().strip() for path in keys.iterdir()}
    assert set(written) == names
    assert len(set(written.values())) == len(names)
    assert min(map(len, written.values())) >= KEY_LENGTH_MIN
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700


def test_keys_are_never_overwritten(keys: Path) -> None:
    """A second run adds what is missing and leaves what is there."""
    before = {path.name: path.read_bytes() for path in keys.iterdir()}
    done = run(sys.executable, DEPLOY / "keys.py", keys, *DOMAINS, "finance")
    assert done.stdout.split() == [str(keys / "finance-ingest"), str(keys / "finance-mesh")]
    assert {name: (keys / name).read_bytes() for name in before} == before


def test_keys_refuse_an_open_folder(tmp_path: Path) -> None:
    """A folder that others may look into gets no key."""
    tmp_path.chmod(0o755)
    done = run(sys.executable, DEPLOY / "keys.py", tmp_path, "sales")
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []
