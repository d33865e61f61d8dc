"""The settings of a gateway: one table, read by `lineage_gateway.config`, from which docs/configuration.md is made."""

from __future__ import annotations

from lineage_shared.settings import Setting

_MIB = 1024 * 1024

SERVER = (
    Setting(
        "config", str, "", "The registry file: domains and settings; read again when it changes; else ./mesh.toml."
    ),
    Setting("agents", tuple, (), "Domains without a file, each as NAME=URL."),
    Setting("agent_key", str, "", "The bearer key for agents that have none of their own.", secret=True),
    Setting("ca_file", str, "", "Certificate authorities (PEM) to trust for https agents, instead of the system's."),
    Setting("registry_poll_s", float, 1.0, "Seconds between two looks whether the registry file changed.", 0.05, 3600),
    Setting("host", str, "127.0.0.1", "Address to listen on. Anything but loopback needs keys."),
    Setting("port", int, 8080, "TCP port to listen on; 0 picks a free one.", 0, 65535),
    Setting("keys", tuple, (), "Bearer keys for everything but /health. None: open.", secret=True),
    Setting("keys_file", str, "", "File with more such keys, one a line; # begins a comment."),
    Setting("insecure_no_auth", bool, default=False, help="Allow a non-loopback address without keys."),
    Setting(
        "declarations_db",
        str,
        "declarations.db",
        "SQLite file for what is declared over the API, beside the registry file; may be shared. Empty: read-only.",
    ),
    Setting("declarations_poll_s", float, 1.0, "Seconds between two looks whether that file changed.", 0.05, 3600),
    Setting("declarations_max", int, 100_000, "Most declarations in that file.", 0, 10_000_000),
    Setting(
        "domain_declarations_max",
        int,
        1000,
        "Most declarations of one domain's agent; of a domain with more none counts.",
        0,
        100_000,
    ),
    Setting(
        "domain_declarations_bytes_max",
        int,
        _MIB,
        "Longest declarations of one domain's agent, as JSON, in bytes; beyond it none counts.",
        1024,
        16 * _MIB,
    ),
    Setting("suggestions_max", int, 1000, "Most suggestions of equal datasets that are worked out.", 0, 10_000),
    Setting(
        "suggestion_interval_s",
        float,
        10.0,
        "Shortest time between two surveys for suggestions, in seconds; they take a tenth of the time at most.",
        0.05,
        86_400,
    ),
    Setting(
        "suggestion_expiry_days",
        float,
        30.0,
        "Days after which a suggestion expires that nobody decided about.",
        0,
        3650,
    ),
    Setting(
        "suggestion_details_max",
        int,
        100_000,
        "Most datasets whose columns, and whose column lineage, are kept in memory for suggestions.",
        0,
        10_000_000,
    ),
    Setting("body_bytes_max", int, 2 * _MIB, "Longest GraphQL request body, in bytes; beyond it 413.", 1024, 64 * _MIB),
    Setting(
        "body_timeout_s",
        float,
        60.0,
        "Longest time for a GraphQL request body to arrive, in seconds; beyond it 408.",
        0.1,
        3600,
    ),
    Setting(
        "profile",
        str,
        "auto",
        "development: introspection, suggestions and the query page are on; production: off; auto: on where only this "
        "machine can connect.",
        choices=("auto", "development", "production"),
    ),
    Setting(
        "graphql_http_statuses",
        str,
        "audit",
        "Statuses with application/graphql-response+json: as the official audits have them (400, 200), or as the draft "
        "of August 2026 has (422, 294).",
        choices=("audit", "draft"),
    ),
    Setting(
        "graphql_get_guard",
        str,
        "browsers",
        "Which queries by GET need a header that no foreign page can send: those of browsers, all (always), or none.",
        choices=("browsers", "always", "off"),
    ),
    Setting("compress_bytes_min", int, 4096, "GraphQL responses longer than this are compressed, in bytes.", 0),
    Setting("persisted_queries_max", int, 1024, "Automatic persisted queries kept; 0 turns them off.", 0, 100_000),
    Setting(
        "trusted_documents", str, "", "Documents that clients may name: a folder of .graphql files, or a JSON manifest."
    ),
    Setting("trusted_documents_only", bool, default=False, help="Let no other documents run than the trusted ones."),
    Setting("drain_s", float, 10.0, "Longest time to finish what is under way after SIGTERM, in seconds.", 0, 600),
    Setting("log_level", str, "info", "How much is logged, on stderr.", choices=("debug", "info", "warning", "error")),
)

AGENTS = (
    Setting(
        "deadline_s", float, 5.0, "Longest time for the details of one answer, retries included, in seconds.", 0.05, 300
    ),
    Setting("connect_timeout_s", float, 2.0, "Longest time to connect to an agent, in seconds.", 0.05, 60),
    Setting("attempts_max", int, 3, "Most tries of one call, within its deadline.", 1, 10),
    Setting("calls_per_agent_max", int, 32, "Most calls under way to one agent; further ones wait.", 1, 1000),
    Setting("message_bytes_max", int, 64 * _MIB, "Longest message of an agent, inflated, in bytes.", 1024, 1024 * _MIB),
    Setting(
        "snapshot_bytes_max",
        int,
        512 * _MIB,
        "Longest snapshot of an agent, inflated, in bytes.",
        1024,
        64 * 1024 * _MIB,
    ),
    Setting("snapshot_deadline_s", float, 300.0, "Longest time for one snapshot, in seconds.", 1, 86400),
    Setting(
        "silence_s_max", float, 30.0, "Longest silence of an open stream before it is given up, in seconds.", 0.1, 600
    ),
)

SYNC = (
    Setting(
        "live_within_s",
        float,
        25.0,
        "A domain is LIVE when its last message is at most this old, in seconds.",
        0.1,
        3600,
    ),
    Setting(
        "staleness_bound_s", float, 60.0, "An answer is incomplete when its domains were not LIVE this long, in s.", 0
    ),
    Setting("ready_after_s", float, 10.0, "Longest time that readiness waits for a first sync, in seconds.", 0, 600),
    Setting("unreachable_after_connects", int, 3, "Failed connects after which a domain is UNREACHABLE.", 1, 100),
    Setting(
        "backoff_s_min", float, 0.2, "First bound of the random wait between connects, in seconds; doubles.", 0.01, 60
    ),
    Setting("backoff_s_max", float, 30.0, "Last bound of the random wait between connects, in seconds.", 0.1, 3600),
)

ANSWERS = (
    Setting("depth_max", int, 1000, "Largest depth of a walk that may be asked for.", 1, 1_000_000),
    Setting("limit_max", int, 10_000, "Most nodes in one page of a lineage answer.", 1, 1_000_000),
    Setting("graph_nodes_max", int, 1000, "Most nodes in one Marquez-shaped lineage graph.", 1, 100_000),
    Setting("neighbours_max", int, 1000, "Most assets in one inputs, outputs, producedBy or consumedBy.", 1, 100_000),
    Setting("page_max", int, 500, "Most items in one page of search, runs or schema versions.", 1, 10_000),
    Setting("ids_max", int, 1000, "Most ids in one `nodes` query.", 1, 100_000),
    Setting(
        "representations_max", int, 1000, "Most entities that a router may ask for in one `_entities`.", 1, 100_000
    ),
    Setting("paths_max", int, 100, "Most paths that may be asked for in one `paths`.", 1, 10_000),
    Setting(
        "paths_visits_max",
        int,
        100_000,
        "Most places looked at in one search for paths; beyond: truncated.",
        100,
        100_000_000,
    ),
    Setting(
        "columns_datasets_max", int, 2000, "Most datasets whose column edges are asked for in one round.", 1, 100_000
    ),
    Setting(
        "contracted_edges_max",
        int,
        100_000,
        "Most edges of one walk contracted across what a filter left out.",
        1,
        10_000_000,
    ),
    Setting(
        "detail_cache_entries_max", int, 50_000, "Most details kept, by (epoch, node, part, revision).", 0, 10_000_000
    ),
    Setting("detail_cache_bytes_max", int, 64 * _MIB, "Most memory for details kept, in bytes.", 0, 64 * 1024 * _MIB),
    Setting("contraction_visits_max", int, 1_000_000, "Most nodes looked at to contract them.", 1, 1_000_000_000),
    Setting(
        "column_edges_max", int, 100_000, "Most column edges in one column walk; beyond: truncated.", 1, 10_000_000
    ),
    Setting("search_chars_max", int, 256, "Longest search text, in characters.", 1, 10_000),
)

DOCUMENTS = (
    Setting("query_chars_max", int, 65_536, "Longest GraphQL document, in characters.", 100, 4_000_000),
    Setting("query_tokens_max", int, 2000, "Most tokens in one GraphQL document.", 10, 100_000),
    Setting("query_depth_max", int, 15, "Deepest nesting of one GraphQL document.", 1, 100),
    Setting("query_aliases_max", int, 30, "Most aliases in one GraphQL document.", 0, 10_000),
    Setting("query_root_fields_max", int, 20, "Most fields at the root of one GraphQL operation.", 1, 10_000),
    Setting("query_directives_max", int, 50, "Most directives in one GraphQL document.", 0, 10_000),
    Setting(
        "query_overlap_max", int, 10_000, "Most comparisons of fields that share a name, in one document.", 100, 500_000
    ),
    Setting("query_variables_max", int, 20_000, "Most values in the variables of one request.", 0, 10_000_000),
    Setting("query_errors_max", int, 10, "Most errors listed for one refused GraphQL document.", 1, 1000),
    Setting(
        "query_cost",
        str,
        "enforce",
        "What becomes of an operation's cost: nothing (off), shown in `extensions` (measure), limited too (enforce).",
        choices=("off", "measure", "enforce"),
    ),
    Setting(
        "query_cost_max", int, 1_000_000, "Most objects that an answer may hold, estimated before it runs.", 1, 10**12
    ),
    Setting("query_cache_entries_max", int, 1024, "Most prepared documents kept.", 0, 100_000),
    Setting("query_cache_tokens_max", int, 100_000, "Most tokens of prepared documents kept.", 0, 100_000_000),
)

STREAMS = (
    Setting(
        "subscription_interval_ms",
        int,
        50,
        "Shortest time between two messages of one subscription, in milliseconds; changes in between are summed up.",
        0,
        60_000,
    ),
    Setting(
        "watches_max", int, 1000, "Most different walks subscribed to: each is walked once a change.", 1, 1_000_000
    ),
    Setting(
        "subscriptions_per_connection_max",
        int,
        1000,
        "Most operations under way on one WebSocket; further ones get an error.",
        1,
        100_000,
    ),
    Setting(
        "subscriptions_per_caller_max",
        int,
        5000,
        "Most subscriptions of one caller (key, else address); further ones get an error.",
        1,
        1_000_000,
    ),
    Setting("connections_max", int, 2000, "Most connections with subscriptions; beyond it 503.", 1, 1_000_000),
    Setting(
        "keep_alive_s", float, 10.0, "Seconds between signs of life on a quiet subscription's connection.", 0.1, 600
    ),
    Setting("websocket_init_s", float, 3.0, "Longest wait for `connection_init` on a WebSocket, in s.", 0.05, 60),
    Setting(
        "websocket_origins",
        tuple,
        (),
        "Origins whose pages may open WebSockets, besides this host's own; * for all pages.",
    ),
    Setting(
        "incremental_delivery",
        bool,
        default=False,
        help="Experimental: offer `@defer` and `@stream`, over multipart, SSE and WebSocket.",
    ),
)

SETTINGS = (*SERVER, *AGENTS, *SYNC, *ANSWERS, *DOCUMENTS, *STREAMS)

DOMAIN = (
    Setting("url", str, "", "Where the agent answers."),
    Setting("key", str, "", "The bearer key for this agent.", secret=True),
    Setting("key_file", str, "", "A file that holds the key."),
    Setting("key_env", str, "", "An environment variable that holds the key."),
    Setting("namespaces", tuple, (), "Prefixes of the dataset namespaces that the domain owns."),
)
