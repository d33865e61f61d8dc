"""The table of suites. Each is a program that tries things against a running mesh and prints one JSON line per case.

Its environment says where the mesh is: `GATEWAY_URL`, and `AGENT_SALES_URL`, `AGENT_ANALYTICS_URL`, `AGENT_ML_URL`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.conformance import npm

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Suite:
    """`program` is below this folder: `.mjs` runs in Node beside its packages, `.py` in the Python beside Node.

    `incremental` starts one more gateway, with the setting of that name, at `INCREMENTAL_GATEWAY_URL`.
    """

    name: str
    tries: str
    program: str
    versions: tuple[str, ...]
    incremental: bool = False

    @property
    def folder(self) -> Path:
        """The folder with the lock that the suite's npm packages are in."""
        return (HERE / self.program).parent if self.runs_in_node else HERE / "peers"

    @property
    def runs_in_node(self) -> bool:
        """Whether the program is JavaScript."""
        return self.program.endswith(".mjs")

    def command(self) -> list[str]:
        """What to run, in the repository's root."""
        if self.runs_in_node:
            return [str(npm.node()), str(HERE / self.program)]
        return [str(npm.VENV / "bin" / "python"), "-m", f"tests.conformance.{self.program.removesuffix('.py')}"]


SUITES = (
    Suite("audits", "the official audits of GraphQL over HTTP", "audits/audits.mjs", ("graphql-http",)),
    Suite(
        "composition",
        "three composers on the subgraph's SDL: alone, and beside other subgraphs, one of them Relay's",
        "peers/composition.mjs",
        ("@apollo/composition", "@theguild/federation-composition", "@wundergraph/composition"),
    ),
    Suite(
        "apollo-gateway",
        "Apollo's gateway in front, with a second subgraph; hops through `_entities` both ways",
        "peers/apollo_gateway.mjs",
        ("@apollo/gateway", "@apollo/server", "graphql-yoga"),
    ),
    Suite(
        "hive-gateway",
        "Hive Gateway in front, with a second subgraph; hops both ways, a subscription through it",
        "peers/hive_gateway.mjs",
        ("@graphql-hive/gateway-runtime", "graphql-yoga"),
    ),
    Suite(
        "apollo-client",
        "Apollo Client: POST, GET, persisted queries, errors, subscriptions by WebSocket and multipart",
        "peers/apollo_client.mjs",
        ("@apollo/client", "graphql-ws"),
        incremental=True,
    ),
    Suite(
        "urql",
        "urql: POST, GET, persisted queries, errors, subscriptions by WebSocket, SSE and multipart",
        "peers/urql.mjs",
        ("@urql/core", "@urql/exchange-persisted", "graphql-ws"),
    ),
    Suite(
        "graphql-ws",
        "the reference client of graphql-transport-ws, and every close code of the protocol",
        "peers/graphql_ws.mjs",
        ("graphql-ws", "ws"),
    ),
    Suite(
        "graphql-sse",
        "the reference client of GraphQL over SSE (distinct connections), and the bytes on the wire",
        "peers/graphql_sse.mjs",
        ("graphql-sse", "meros"),
    ),
    Suite("gql", "Python's gql over HTTP and WebSocket", "gql_client.py", ("gql",)),
    Suite("relay", "relay-compiler on the schema; its compiled queries, asked", "peers/relay.mjs", ("relay-compiler",)),
    Suite("openapi", "schemathesis on the OpenAPI documents of both servers", "openapi.py", ("schemathesis",)),
    Suite(
        "snippets",
        "the TypeScript and the composition of docs/clients.md, as they stand there",
        "peers/snippets.mjs",
        ("@apollo/client", "@urql/core", "graphql-sse", "@apollo/composition", "typescript"),
    ),
)
