"""The domains of the mesh: which are accepted, and how they are taken in again."""

import asyncio
from pathlib import Path

import pytest

from lineage_gateway.config import DomainTable, load
from lineage_gateway.registry import DomainConfig, Registry, domains_of
from lineage_shared.errors import InvalidSetting


def table(name: str = "sales", url: str = "http://127.0.0.1:8081", **more: object) -> DomainTable:
    """A domain as written."""
    return DomainTable(name, url, "mesh.toml", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["sales", "Sales-2", "a", "eu.finance_core", "x" * 64])
def test_domain_names(name: str) -> None:
    """Letters, digits, dots, dashes and underscores make a domain name."""
    assert domains_of([table(name)])[name].name == name


@pytest.mark.parametrize("name", ["", "-a", "a-", "a b", "a/b", "ä", "x" * 65, "a\n"])
def test_other_names_are_refused(name: str) -> None:
    """Anything else is not a domain name."""
    with pytest.raises(InvalidSetting, match="no domain name"):
        domains_of([table(name)])


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "does not begin with"),
        ("127.0.0.1:8081", "does not begin with"),
        ("ftp://host", "does not begin with"),
        ("file:///etc/passwd", "does not begin with"),
        ("http://", "no host"),
        ("http://:8081", "no host"),
        ("http://user:pa55word@host", "holds credentials"),
        ("http://host:99999", "cannot be read"),
        ("http://[::1", "cannot be read"),
        ("http://host?x=1", "query"),
        ("http://host#x", "fragment"),
    ],
)
def test_unfit_urls_are_refused(url: str, message: str) -> None:
    """A URL must be the plain base of an agent; refusals never repeat it, since it may hold a password."""
    with pytest.raises(InvalidSetting, match=message) as caught:
        domains_of([table(url=url)])
    assert "pa55word" not in str(caught.value.as_json())


def test_a_trailing_slash_is_dropped() -> None:
    """`http://host/base/` and `http://host/base` are the same agent."""
    assert domains_of([table(url="https://host/base/")])["sales"].url == "https://host/base"


def test_a_domain_is_given_once() -> None:
    """Two definitions of one name are refused."""
    with pytest.raises(InvalidSetting, match="given twice"):
        domains_of([table(), table()])


def test_an_empty_namespace_is_refused() -> None:
    """A prefix that would own everything is refused."""
    with pytest.raises(InvalidSetting, match="namespace is empty"):
        domains_of([table(namespaces=("",))])


def test_keys_are_not_shown() -> None:
    """The representation of a domain does not hold its key."""
    assert "s3cret" not in repr(DomainConfig("sales", "http://a", "s3cret"))


class File:
    """A registry file that a test writes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **urls: str) -> None:
        """Replace the file, as an editor or a deployment does."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text("".join(f'[domains.{name}]\nurl = "{url}"\n' for name, url in urls.items()))
        fresh.replace(self.path)

    def registry(self) -> Registry:
        """A registry over the file."""
        return Registry(lambda: load({"config": str(self.path)}, {}))


@pytest.fixture
def file(tmp_path: Path) -> File:
    """A registry file with one domain."""
    made = File(tmp_path / "mesh.toml")
    made.write(sales="http://127.0.0.1:1")
    return made


def problem(registry: Registry) -> str:
    """What keeps a registry from taking its file in."""
    return registry.error.message if registry.error is not None else ""


async def test_a_changed_file_is_noticed(file: File) -> None:
    """Watching takes a new file in without being told, and wakes whoever waits."""
    registry = file.registry()
    watching = asyncio.create_task(registry.watch(0.01))
    file.write(sales="http://127.0.0.1:1", hr="http://127.0.0.1:2")
    async with asyncio.timeout(5):
        domains = await registry.changed({"sales": DomainConfig("sales", "http://127.0.0.1:1")})
    assert list(domains) == ["sales", "hr"]
    watching.cancel()


async def test_a_changed_key_file_is_noticed(tmp_path: Path) -> None:
    """A rotated key is taken in like a changed registry file."""
    (tmp_path / "k").write_text("first")
    path = tmp_path / "mesh.toml"
    path.write_text('[domains.sales]\nurl = "http://a"\nkey_file = "k"')
    registry = Registry(lambda: load({"config": str(path)}, {}))
    before = registry.domains
    watching = asyncio.create_task(registry.watch(0.01))
    (tmp_path / "k").write_text("second")
    async with asyncio.timeout(5):
        assert (await registry.changed(before))["sales"].key == "second"
    watching.cancel()


def test_an_unfit_file_changes_nothing(file: File) -> None:
    """A broken file leaves the domains as they were and shows its error until it is mended."""
    registry = file.registry()
    before = registry.domains
    file.path.write_text("[domains.sales]\nurl = 'ftp://x'")
    assert not registry.reload()
    assert registry.domains is before
    assert "does not begin with" in problem(registry)
    assert "ftp:" not in problem(registry)
    file.path.unlink()
    registry.reload()
    file.write(hr="http://127.0.0.1:2")
    assert registry.reload()
    assert problem(registry) == ""
    assert list(registry.domains) == ["hr"]


def test_an_unchanged_file_wakes_nobody(file: File) -> None:
    """Loading the same domains again keeps the very same mapping."""
    registry = file.registry()
    before = registry.domains
    assert registry.reload()
    assert registry.domains is before


def test_domains_without_a_file_stay(tmp_path: Path) -> None:
    """A registry of flags alone has nothing to watch and reloads to the same."""
    registry = Registry(lambda: load({"agents": ("sales=http://127.0.0.1:1",)}, {"LINEAGE_GATEWAY_AGENTS": ""}))
    assert not registry.has_file
    assert registry.reload()
    assert list(registry.domains) == ["sales"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            'type = "namespace_alias"\ncanonical = "a"\naliases = ["b"]\ndomian = "shop"',
            "the field 'domian' is unknown",
        ),
        (
            'type = "alias"\na = {namespace = "s3://a", name = "x"}\nb = {namespace = "", name = ""}',
            "declarations[0] (alias): it says nothing",
        ),
        ('type = "namespace_alias"\ncanonical = "a"\naliases = ["a"]', "its aliases are its canonical"),
    ],
)
def test_declarations_that_say_nothing_or_too_much_are_not_taken_in(file: File, fields: str, message: str) -> None:
    """A misspelt field, or what can have no effect, keeps the file out, and what was declared stays."""
    registry = file.registry()
    file.path.write_text(f"[[declarations]]\n{fields}\n")
    assert not registry.reload()
    assert message in problem(registry)
    assert registry.declarations == ()


def test_symlinks_onto_nothing_are_taken_in(file: File) -> None:
    """What producers say may be copied into the file as it is."""
    end = 'symlink = {namespace = "s3://lake", name = "/"}'
    file.path.write_text(f'[[declarations]]\ntype = "symlink"\nof = {{namespace = "s3://a", name = "x"}}\n{end}\n')
    assert len(file.registry().declarations) == 1
