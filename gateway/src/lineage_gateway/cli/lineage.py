"""The `lineage` command: trees, paths, columns, names, domains and search, asked of a gateway over GraphQL.

Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 usage (an ambiguous REF as well),
3 the answer is incomplete (a domain's part is missing or outdated), 4 the key is not accepted, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import click
from rich.text import Text

from lineage_gateway import __version__
from lineage_gateway.cli.lineage_client import EXIT_INCOMPLETE, EXIT_USAGE, CommandFailure
from lineage_gateway.cli.lineage_identity import conflicts, explain
from lineage_gateway.cli.lineage_output import Console, ReaderLeftError, print_table
from lineage_gateway.cli.lineage_paths import branched, listed
from lineage_gateway.cli.lineage_queries import COLUMNS, DOMAINS, PATHS, SEARCH, SHOW
from lineage_gateway.cli.lineage_reference import asset_reference
from lineage_gateway.cli.lineage_references import references
from lineage_gateway.cli.lineage_session import Session, domain_option, in_session, json_option, redirected, report
from lineage_gateway.cli.lineage_tree import ASCII, UNICODE, Line, Style, Tree, label

EXIT_INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command and exit with its code."""
    try:
        exit_code = lineage.main(standalone_mode=False, prog_name="lineage")
    except CommandFailure as failure:
        _stop(failure.message, failure.hint, failure.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(EXIT_INTERRUPTED)
    except ReaderLeftError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(exit_code or 0)


def _stop(message: str, hint: str, exit_code: int) -> NoReturn:
    click.echo(f"lineage: {message}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)
    sys.exit(exit_code)


_words = click.argument("words", nargs=-1, required=True, metavar="REF")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lineage")
def lineage() -> None:
    """Ask a Lineage Mesh gateway where data comes from, and where it goes.

    \b
    lineage search orders
    lineage show postgres://crm-db.acme.example:5432 crm.public.orders --down 5
    lineage path crm.public.orders churn_model
    lineage columns mlflow://models.acme.example churn_model churn_probability
    """  # noqa: D301 - click reads \b as: do not wrap


@lineage.command()
@_words
@click.option("--up", default=3, show_default=True, type=click.IntRange(0, 100), help="how far against the flow")
@click.option("--down", default=3, show_default=True, type=click.IntRange(0, 100), help="how far with the flow")
@click.option("--width", default=20, show_default=True, type=click.IntRange(1), help="branches shown of one node")
@click.option(
    "--limit", default=1000, show_default=True, type=click.IntRange(1, 10_000), help="nodes of each direction"
)
@click.option("--ascii", "ascii_only", is_flag=True, help="draw with ASCII characters only")
@domain_option
@json_option
@in_session
def show(session: Session, words: tuple[str, ...], domain: str | None, *, as_json: bool, **options: Any) -> None:
    """Print the lineage of REF as a tree.

    REF is an id, NAMESPACE NAME (two words, or one quoted), a URI, URN, ARN or JDBC address as another tool writes it,
    or a bare name that occurs once; job:... points at a job.

    \b
    lineage show orders
    lineage show postgres://crm-db.acme.example:5432 crm.public.orders --up 0 --down 10
    lineage show job:airflow/etl load_orders --json
    """  # noqa: D301 - click reads \b as: do not wrap
    reference = asset_reference(session.gateway, words, domain)
    variables = {"of": reference, "up": options["up"], "down": options["down"], "limit": options["limit"]}
    answers = session.gateway.ask(SHOW, variables)
    rests = _merged(answers["up"], answers["down"])
    if as_json:
        body = {"complete": rests["complete"], "domains": rests["domains"], "root": answers["up"]["root"]}
        session.as_json("show", {**body, "upstream": _walk(answers["up"]), "downstream": _walk(answers["down"])})
    else:
        style = ASCII if options["ascii_only"] or not _draws(session.out) else UNICODE
        _draw(session, answers, style, up=options["up"], down=options["down"], width=options["width"])
    root = answers["up"]["root"]
    redirected(session, (root["redirectedFrom"], root["id"]))
    report(session, rests)


@lineage.command()
@click.argument("words", nargs=-1, required=True, metavar="REF COLUMN")
@click.option("--down", "downstream", is_flag=True, help="where the column goes, instead of where it comes from")
@click.option("--depth", default=10, show_default=True, type=click.IntRange(1, 100), help="how far")
@click.option("--direct", is_flag=True, help="leave out columns that only influence which rows there are")
@domain_option
@json_option
@in_session
def columns(session: Session, words: tuple[str, ...], domain: str | None, *, as_json: bool, **options: Any) -> None:
    """Print where a column comes from, or goes.

    \b
    lineage columns mlflow://models.acme.example churn_model churn_probability
    lineage columns orders id --down
    """  # noqa: D301 - click reads \b as: do not wrap
    if len(words) < 2:  # noqa: PLR2004 - REF and COLUMN
        raise CommandFailure("REF and COLUMN are needed", exit_code=EXIT_USAGE)
    answer = session.gateway.ask(
        COLUMNS,
        {
            "of": asset_reference(session.gateway, words[:-1], domain),
            "column": words[-1],
            "direction": "DOWNSTREAM" if options["downstream"] else "UPSTREAM",
            "depth": options["depth"],
            "indirect": not options["direct"],
        },
    )["columnLineage"]
    if as_json:
        session.as_json("columns", answer)
    else:
        _print_columns(session, answer)
    redirected(session, (answer["redirectedFrom"], answer["root"]["dataset"]))
    report(session, answer)


@lineage.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1), help="at most so many, shortest first")
@click.option("--tree", "as_tree", is_flag=True, help="draw one tree: what several paths begin with is shown once")
@click.option("--ascii", "ascii_only", is_flag=True, help="draw with ASCII characters only")
@json_option
@in_session
def path(session: Session, source: str, target: str, *, as_json: bool, **options: Any) -> None:
    """Print how data comes from FROM to TO, shortest paths first.

    FROM and TO are each one word: an id, "NAMESPACE NAME" in quotes, or a bare name that occurs once; job:... points
    at a job.

    \b
    lineage path crm.public.orders churn_model
    lineage path "postgres://crm-db.acme.example:5432 crm.public.orders" churn_model --tree
    """  # noqa: D301 - click reads \b as: do not wrap
    ends = {name: asset_reference(session.gateway, (word,), None) for name, word in (("from", source), ("to", target))}
    answer = session.gateway.ask(PATHS, {**ends, "limit": options["limit"]})["paths"]
    if as_json:
        session.as_json("path", answer)
    else:
        nodes = {each["id"]: each for each in answer["nodes"]}
        style = ASCII if options["ascii_only"] or not _draws(session.out) else UNICODE
        _print_lines(
            session,
            branched(answer["paths"], nodes, style) if options["as_tree"] else listed(answer["paths"], nodes),
        )
    if not answer["paths"]:
        session.note("no data flows from FROM to TO" + (", as far as is known" if not answer["complete"] else ""))
    if answer["truncated"]:
        session.note(f"there are more than these {len(answer['paths'])} paths (--limit)", "yellow")
    redirected(session, *((answer[end]["redirectedFrom"], answer[end]["id"]) for end in ends))
    report(session, answer)


@lineage.command()
@json_option
@in_session
def domains(session: Session, *, as_json: bool) -> None:
    """Print the domains and how current each is."""
    found = session.gateway.ask(DOMAINS, {})["domains"]
    if as_json:
        session.as_json("domains", {"domains": found})
        return
    print_table(
        session.out, ("domain", "status", "datasets", "jobs", "edges", "last heard of"), map(_domain_row, found)
    )


@lineage.command()
@click.argument("text")
@click.option("--first", default=20, show_default=True, type=click.IntRange(1, 500), help="how many")
@click.option("--kind", type=click.Choice(["dataset", "job"]), help="only these")
@json_option
@in_session
def search(session: Session, text: str, first: int, kind: str | None, *, as_json: bool) -> None:
    """Print the assets whose name or namespace holds TEXT."""
    variables = {"text": text, "first": first, "kinds": [kind.upper()] if kind else None}
    answers = session.gateway.ask(SEARCH, variables)
    nodes = [edge["node"] for edge in answers["search"]["edges"]]
    total = answers["search"]["totalCount"]
    unheard = [each["name"] for each in answers["domains"] if each["status"] == "NEVER_SYNCED"]
    if as_json:
        body = {"complete": not unheard, "neverSynced": unheard, "totalCount": total, "assets": nodes}
        session.as_json("search", body)
    else:
        print_table(session.out, ("kind", "name", "namespace", "domain", "id"), map(_asset_row, nodes))
        if not nodes:
            session.note("nothing found")
        if total > len(nodes):
            session.note(f"{total - len(nodes)} more (--first)")
    if unheard:
        session.note(f"incomplete: never synced: {', '.join(unheard)}", "yellow")
        raise click.exceptions.Exit(EXIT_INCOMPLETE)


lineage.add_command(explain)
lineage.add_command(conflicts)
lineage.add_command(references)


def _domain_row(domain: dict[str, Any]) -> tuple[str, ...]:
    age_s = domain["stalenessSeconds"]
    counts = (str(domain[name]) for name in ("datasets", "jobs", "edges"))
    return domain["name"], domain["status"], *counts, "never" if age_s is None else f"{age_s:.1f} s ago"


def _asset_row(node: dict[str, Any]) -> tuple[str, ...]:
    return node["kind"].lower(), node["name"], node["namespace"], (node["domain"] or {}).get("name", ""), node["id"]


def _column_row(edge: dict[str, Any], names: dict[tuple[str, str], dict[str, Any]]) -> tuple[str, ...]:
    ends = [(edge[f"{end}Dataset"], edge[f"{end}Column"]) for end in ("source", "target")]
    shown = [f"{names[end]['name']}.{end[1]}" if end in names else f"?.{end[1]}" for end in ends]
    how = (edge["subtype"], "masked" if edge["masking"] else "", edge["description"])
    return *shown, edge["kind"].lower(), " ".join(filter(None, how))


def _draws(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")


def _draw(session: Session, answers: dict[str, Any], style: Style, *, up: int, down: int, width: int) -> None:
    root = answers["up"]["root"]
    session.line(Text(label(root), "bold"))
    for name, title, depth in (("up", style.upstream, up), ("down", style.downstream, down)):
        if depth == 0:
            continue
        answer = answers[name]
        session.line(Text(title, "cyan"))
        tree = Tree(answer, upstream=name == "up", width=width, style=style)
        lines = list(tree.lines(root["id"]))
        _print_lines(session, lines or [Line("    ", "(nothing)", "")])
        if answer["truncated"]:
            shown, total = len(answer["nodes"]), answer["totalNodes"]
            session.note(f"{title}: the nearest {shown} of {total} nodes (--limit)", "yellow")


def _print_lines(session: Session, lines: Iterable[Line]) -> None:
    for line in lines:
        remark = f"  {line.remark}" if line.remark else ""
        session.line(Text.assemble((line.guide, "dim"), line.label, (remark, "dim")))


def _print_columns(session: Session, answer: dict[str, Any]) -> None:
    names = {(each["dataset"], each["column"]): each for each in answer["nodes"]}
    root = answer["root"]
    session.line(Text(f"{root['name']}.{root['column']}  {root['namespace']}", "bold"))
    rows = [_column_row(edge, names) for edge in answer["edges"]]
    print_table(session.out, ("from", "to", "kind", "how"), rows)
    if answer["truncated"]:
        session.note("there is more than one answer holds", "yellow")


def _merged(*answers: dict[str, Any]) -> dict[str, Any]:
    found = {each["domain"]: each for answer in answers for each in answer["domains"]}
    return {
        "complete": all(answer["complete"] for answer in answers),
        "domains": [found[name] for name in sorted(found)],
    }


def _walk(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: answer[key] for key in ("nodes", "edges", "totalNodes", "totalEdges", "truncated", "endCursor")}
