"""Writes docs/configuration.md from the settings tables of both servers, so that the page cannot go stale.

`python deploy/configuration.py` writes the page; with `--check` it exits 1 when the page is not what the tables say.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from lineage_agent import config as agent
from lineage_gateway import config as gateway
from lineage_shared.settings import Setting

PAGE = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"

HEAD = """# Configuration

Made from the settings tables by `make docs`; a test fails when it is stale.

Both servers find a value in this order: flag, environment variable, configuration file, default. In the environment,
lists are separated by commas. Unknown settings are refused, with the closest known name as a hint.
`lineage-agent config show` and `lineage-gateway config show` print every value with its origin; secrets are never
printed.
"""

AGENT = """
## Agent

The file is `agent.toml` in the working folder, or the one named by `--config` or `LINEAGE_AGENT_CONFIG`;
`lineage-agent init` writes one with comments.

```toml
domain = "sales"
db = "sales.db"
description = "Orders and customers"
contacts = ["#team-sales"]
namespaces = ["postgres://crm-db.acme.example:5432"]
ingest_keys_file = "ingest.keys"
mesh_keys_file = "mesh.keys"

[[declarations]]                                        # what the domain says about names: see identifiers.md
type = "namespace_alias"
canonical = "postgres://crm-db.acme.example:5432"
aliases = ["postgres://10.0.0.7:5432"]
```

All of it is read at start. A change needs a restart; only the key files are read again on SIGHUP.

Two kinds of keys: producers send events with an ingest key, gateways read with a mesh key. Without keys the agent
listens on loopback alone; `--insecure-no-auth` lifts that.
"""

GATEWAY = """
## Gateway

The file is `mesh.toml`, named by `--config` or `LINEAGE_GATEWAY_CONFIG`. It is read again when it changes, or on
SIGHUP: domains come, go and move without a restart and without dropping a request. A file that cannot be read changes
nothing, and is reported.

```toml
port = 8080

[domains.sales]
url = "http://sales-agent:8081"
key_file = "sales.key"                                  # or key = "...", or key_env = "SALES_KEY"
namespaces = ["postgres://crm-db.acme.example:5432"]    # what the domain owns; before what the agent claims

[domains.analytics]
url = "http://analytics-agent:8081"
```
"""

DOMAIN = """
### `[domains.NAME]`

"""


def render() -> str:
    """Return the whole page."""
    return "".join(
        (
            HEAD,
            AGENT,
            _table(agent.TABLE, agent.PREFIX),
            GATEWAY,
            _table(gateway.SETTINGS, gateway.PREFIX),
            DOMAIN,
            _table(gateway.DOMAIN, None),
        )
    )


def _table(settings: Iterable[Setting], prefix: str | None) -> str:
    environment = "" if prefix is None else " environment |"
    rule = "" if prefix is None else " --- |"
    lines = [f"\n| setting |{environment} default | meaning |", f"| --- |{rule} --- | --- |"]
    lines += [_row(setting, prefix) for setting in settings]
    return "\n".join(lines) + "\n"


def _row(setting: Setting, prefix: str | None) -> str:
    variable = "" if prefix is None else f" `{prefix}_{setting.name.upper()}` |"
    default = f"`{json.dumps(setting.default)}`" if setting.default not in ("", (), {}) else ""
    return f"| `{setting.name}` |{variable} {default} | {setting.help}{_limits(setting)} |"


def _limits(setting: Setting) -> str:
    if setting.choices:
        return f" ({', '.join(setting.choices)})"
    low, high = setting.minimum, setting.maximum
    if low is None and high is None:
        return ""
    return f" (at least {low:g})" if high is None else f" ({low or 0:g} to {high:g})"


def main() -> int:
    """Write or check the page."""
    page = render()
    if "--check" in sys.argv[1:]:
        return int(PAGE.read_text(encoding="utf-8") != page)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
