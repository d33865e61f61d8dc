"""Authorities that are accounts, not hosts: Snowflake's account identifiers and Azure's storage endpoints."""

from __future__ import annotations

import re

from lineage_shared.naming.fold import lower

_SNOWFLAKE_HOST = ".snowflakecomputing.com"
_CLOUDS = frozenset({"aws", "azure", "gcp"})
# A bare locator is in AWS US West (Oregon), which is us-west-2 (Snowflake's list of regions has no us-west-1).
_OREGON = ("us-west-2", "aws")
_ONELAKE = re.compile(r"(?P<region>(?:[a-z0-9\-]+-)?)onelake\.(?P<service>blob|dfs)\.fabric\.microsoft\.com(?::443)?")
_AZURE = re.compile(
    r"(?P<account>[^.]+)\.(?P<service>blob|dfs)\."
    r"(?P<cloud>core\.windows\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net|core\.cloudapi\.de)(?::443)?"
)


def snowflake_account(text: str, rules: list[str]) -> str:
    """Return `organisation-account` or `locator.region.cloud`, in lower case.

    Organisation-account and locator of one account are joined by a declaration only.
    """
    account = lower(text.rpartition("@")[2])
    if account != text and "account-form" not in rules:
        rules.append("account-form")
    account = account.removesuffix(":443").removesuffix(".").removesuffix(_SNOWFLAKE_HOST).removesuffix(".privatelink")
    first, *rest = [label for label in account.split(".") if label] or [""]
    located = _located(first.replace("_", "-"), _once(rest))
    if located != account:
        rules.append("account-region")
    return located


def _once(labels: list[str]) -> list[str]:
    """Producers that are given an account with its region, and the region too, write it twice."""
    half = len(labels) // 2
    if half and labels[:half] == labels[half:]:
        return labels[:half]
    return [label for i, label in enumerate(labels) if i == 0 or label != labels[i - 1]]


def _located(account: str, rest: list[str]) -> str:
    if not rest:
        return account if "-" in account or not account else ".".join((account, *_OREGON))
    return ".".join((account, *rest) if rest[-1] in _CLOUDS else (account, *rest, "aws"))


def azure_container(text: str, rules: list[str]) -> str:
    """Return `container@account.dfs.core.windows.net`: both endpoints of an account show the same containers.

    OneLake answers at both endpoints as well; its containers are workspaces, whose case is kept. Any other host (a
    private endpoint) is kept, in lower case, and its container as written.
    """
    container, at, host = text.rpartition("@")
    if lake := _ONELAKE.fullmatch(lower(host)):
        return f"{container}{at}{lake['region']}onelake.dfs.fabric.microsoft.com"
    match = _AZURE.fullmatch(lower(host))
    if match is None:
        return f"{container}{at}{lower(host)}"
    if match["service"] == "blob":
        rules.append("blob-is-dfs")
    found = f"{lower(container)}{at}{match['account']}.dfs.{match['cloud']}"
    if found != text and "blob-is-dfs" not in rules:
        rules.append("account-case")
    return found
