"""`lineage explain` and `lineage conflicts`: why names are one asset or are not, and what does not fit together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from lineage_gateway.cli.lineage_output import print_table
from lineage_gateway.cli.lineage_queries import CONFLICTS, EXPLAIN
from lineage_gateway.cli.lineage_reference import asset_reference
from lineage_gateway.cli.lineage_session import Session, in_session, json_option, report


@click.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@json_option
@in_session
def explain(session: Session, one: str, other: str, *, as_json: bool) -> None:
    """Print why A and B are the same asset, or are not, and what would join them.

    A and B are each one word: an id, "NAMESPACE NAME" in quotes, any tool's spelling, or a bare name that occurs once.

    \b
    lineage explain s3a://lake/orders/ "hive://metastore:9083 sales.orders"
    """  # noqa: D301 - click reads \b as: do not wrap
    ends = {name: asset_reference(session.gateway, (word,), None) for name, word in (("a", one), ("b", other))}
    answer = session.gateway.ask(EXPLAIN, ends)["explainIdentity"]
    if as_json:
        session.as_json("explain", answer)
    else:
        for line in explained(answer):
            session.line(line)
    report(session, answer)


@click.command()
@click.option("--first", default=20, show_default=True, type=click.IntRange(1, 500), help="how many")
@json_option
@in_session
def conflicts(session: Session, first: int, *, as_json: bool) -> None:
    """Print the claims about names that do not fit together, and are not believed."""
    found = session.gateway.ask(CONFLICTS, {"first": first})["identityConflicts"]
    nodes = [edge["node"] for edge in found["edges"]]
    if as_json:
        session.as_json("conflicts", {"totalCount": found["totalCount"], "conflicts": nodes})
        return
    rows = ((each["reason"], each["about"], str(each["claims"]), each["message"]) for each in nodes)
    print_table(session.out, ("reason", "about", "claims", "because"), rows)
    if found["totalCount"] > len(nodes):
        session.note(f"{found['totalCount'] - len(nodes)} more (--first)")


def explained(answer: Mapping[str, Any]) -> Iterator[str]:
    """Give an explanation as lines."""
    yield "the same" if answer["same"] else "not the same"
    for name in ("a", "b"):
        yield f"{name}  {_denoted(answer[name])}"
    for claim in answer["path"]:
        yield f"joined by {_said(claim)}"
        yield from _evidence(claim)
    difference = answer["difference"]
    if difference is not None:
        yield f"they part at the {difference['part']}: {difference['a']!r} is not {difference['b']!r}"
    for claim in answer["heldBack"]:
        yield f"held back ({claim['status']}: {claim['reason']}): {_said(claim)}"
        yield from _evidence(claim)
    if difference is not None and difference["declaration"] is not None:
        yield f"would be joined by {json.dumps(difference['declaration'], ensure_ascii=False)}"


def _denoted(name: Mapping[str, Any]) -> str:
    rules = f"  by {', '.join(name['rules'])}" if name["rules"] else ""
    if name["canonicalKey"] is None:
        return f"denotes nothing: {name['nothing']}{rules}"
    return f"{name['canonicalKey']}{rules}" + ("" if name["asset"] else "  (not in the mesh)")


def _said(claim: Mapping[str, Any]) -> str:
    return f"{claim['kind']} of {claim['assertedBy']}: {claim['a']} and {claim['b']}"


def _evidence(claim: Mapping[str, Any]) -> Iterator[str]:
    """Give by what, and when, a claim was made, as far as that is known."""
    for each in claim["declared"]:
        when = f" at {each['declaredAt']}" if each["declaredAt"] else ""
        yield f"    declared in the {each['origin'].lower()}{when} (id {each['id']})"
    event = claim["event"]
    if event is not None:
        job = f" of the job {event['jobNamespace']} {event['jobName']}" if event["jobName"] else ""
        yield f"    said from {claim['firstSeen']} to {claim['lastSeen']}, by the event {event['id']}{job}"
