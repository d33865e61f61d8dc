"""REF on the command line: an id, `NAMESPACE NAME`, any tool's spelling, or a name that the mesh knows only once."""

from __future__ import annotations

import re
from typing import Any

from lineage_gateway.cli.lineage_client import EXIT_FAILED, EXIT_USAGE, CommandFailure, Gateway
from lineage_gateway.cli.lineage_tree import label

SEARCHED_MAX = 100
LISTED_MAX = 10

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# What other tools write, in one word: addresses, URNs, ARNs, JSON.
_SPELLING = re.compile(r"[a-z][a-z0-9+.-]*://|urn:li:|jdbc:|arn:|//|\{", re.IGNORECASE)
# What is one spelling though a space stands in it: JSON, a URN, a connection's address with the table behind it. An
# address with a path or options may be a namespace too; as such it is what the gateway reads first.
_SPELLING_OF_WORDS = re.compile(
    r"jdbc:|urn:li:|\{|[a-z0-9]+\+[a-z0-9_]+://|[a-z][a-z0-9_]*://[^/?\s]*[/?]\S", re.IGNORECASE
)

_SEARCH = """query Candidates($text: String!, $kinds: [AssetKind!], $first: Int!) {
  search(query: $text, kinds: $kinds, first: $first) {
    totalCount
    edges { node { id namespace name domain { name } domains { name } } }
  }
}"""

_READ = "query Read($ref: AssetRef!) { asset(ref: $ref) { id } }"


def asset_reference(gateway: Gateway, words: tuple[str, ...], domain: str | None) -> dict[str, Any]:
    """Return the `AssetRef` that the words stand for; a bare name is searched for, and then read."""
    text, is_job = _without_prefix(" ".join(words))
    if not text:
        raise CommandFailure("no REF is given", exit_code=EXIT_USAGE)
    if _ID.fullmatch(text):
        return {"id": text}
    spelling = _SPELLING_OF_WORDS if " " in text else _SPELLING
    if spelling.match(text) and domain is None and not is_job:
        return {"reference": text}
    namespace, _, name = text.partition(" ")
    if name:
        named = {"namespace": namespace, "name": name.strip(), "domain": domain}
        return {"job" if is_job else "dataset": named}
    return {"id": _searched(gateway, text, "JOB" if is_job else "DATASET", domain)}


def _without_prefix(text: str) -> tuple[str, bool]:
    stripped = text.strip()
    return stripped.removeprefix("job:").strip(), stripped.startswith("job:")


def _searched(gateway: Gateway, text: str, kind: str, domain: str | None) -> str:
    found = gateway.ask(_SEARCH, {"text": text, "kinds": [kind], "first": SEARCHED_MAX})["search"]
    nodes = [edge["node"] for edge in found["edges"] if _in(edge["node"], domain)]
    exact = [node for node in nodes if text.casefold() in _short_names(node["name"])]
    if len(exact) == 1:
        return str(exact[0]["id"])
    if len(nodes) == 1 and found["totalCount"] <= SEARCHED_MAX:
        return str(nodes[0]["id"])
    if not nodes and kind == "DATASET" and domain is None and (read := _read(gateway, text)) is not None:
        return read
    if not nodes:
        where = f" in {domain}" if domain is not None else ""
        other = "jobs are named job:NAME; " if kind == "DATASET" else ""
        hint = f"{other}`lineage search` finds parts of names, of datasets and jobs"
        raise CommandFailure(f"no {kind.lower()}{where} is called {text!r}", hint=hint)
    listed = "\n".join(f"  {each['id']}  {label({**each, 'kind': kind})}" for each in (exact or nodes)[:LISTED_MAX])
    several = f"{len(exact)}" if exact else f"{len(nodes)}{'' if found['totalCount'] <= SEARCHED_MAX else ' and more'}"
    raise CommandFailure(
        f"{text!r} may be any of {several}:\n{listed}",
        hint="give an id, namespace and name, or --domain",
        exit_code=EXIT_USAGE,
    )


def _read(gateway: Gateway, text: str) -> str | None:
    """Return the id of what a text means in some system's spelling, such as BigQuery's `project:dataset.table`."""
    try:
        found = gateway.ask(_READ, {"ref": {"reference": text}})["asset"]
    except CommandFailure as failure:
        if failure.exit_code == EXIT_FAILED:
            return None
        raise
    return str(found["id"])


def _short_names(name: str) -> set[str]:
    """Return the ways in which a person may mean this name: whole, and its last part."""
    folded = name.casefold()
    return {folded, folded.rpartition(".")[2], folded.rpartition("/")[2]}


def _in(node: dict[str, Any], domain: str | None) -> bool:
    return domain is None or domain in {each["name"] for each in node["domains"]}
