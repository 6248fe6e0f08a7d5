"""Keys and names: of the row, or of things that other columns name."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import (
    LEANS,
    REFUSES,
    SETTLES,
    TURNS,
    carries_none,
    header_text,
    says,
    turns,
)
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.vocabulary.field_values import suggestions

# Things of their own; the id of a subnet, a project or a rack stands for the field itself.
_THINGS = frozenset(
    """
    cluster hypervisor_host tags business_owner technical_owner department os_name application_name hostname software
    """.split()  # noqa: SIM905  # words, not a list
)
_KINDS_OF_THINGS = frozenset(
    """
    cluster switch router firewall printer array filer nas chassis volume vol datastore lun share vserver svm aggregate
    appliance controller container pod vip loadbalancer
    """.split()  # noqa: SIM905  # words, not a list
)
_SAID_OF_KINDS = frozenset(("name", "network", "storage"))
_OF_PEOPLE = frozenset(
    """
    name full first last email phone mobile personnel department role team user contact location country city
    """.split()  # noqa: SIM905  # words, not a list
)
_UNIQUE = 0.95
# Of fewer rows each may have a cluster, a folder or a host of its own.
_MANY = 50
_NAMES = 0.6


def key_column(table: TableView) -> Iterator[Evidence]:
    """A code that leads the row, is different on every row and beside which no other key stands, is its key."""
    first = next(iter(table.headers), None)
    leads = first is not None and set(first.concepts) == {"code"} and not table.strong.get("source_id")
    if leads and table.distinct_share(0) >= _UNIQUE:
        yield says(table, 0, "source_id", TURNS, "first column, different on every row")


def ids_of_others(table: TableView) -> Iterator[Evidence]:
    """The id of a cluster, folder or host adds nothing where another column names it."""
    for position, header in enumerate(table.headers):
        if "id" not in header.concepts or len(header.words) < 2 or _is_key_of_rows(table, position):
            continue
        for claim in table.claims[position]:
            named = [p for p in table.strong.get(claim.field, ()) if "id" not in table.headers[p].concepts]
            if claim.weight > 0 and claim.field in _THINGS and named:
                why = f"an id of what {header_text(table, named[0])} names"
                yield says(table, position, claim.field, -REFUSES, why)
                yield carries_none(table, position, why)


def _is_key_of_rows(table: TableView, position: int) -> bool:
    """Whether it is called an id and is different on every row: on so many that no two of them share what it is of, or
    on rows that are applications, as its header says.
    """
    claim = table.claim(position, "source_id")
    if claim is None or claim.weight <= 0 or table.distinct_share(position) < _UNIQUE:
        return False
    of_applications = "application" in table.headers[position].concepts and not table.strong.get("hostname")
    return of_applications or table.profiles[position].distinct >= _MANY


def names_of_addresses(table: TableView) -> Iterator[Evidence]:
    """'Public IP' with names like pip-web-01 as values, beside the row's own name, names another thing."""
    for field in ("ip_address", "mac_address"):
        for position in table.strong.get(field, ()):
            profile = table.profiles[position]
            others = [p for p in table.strong.get("hostname", ()) if p != position]
            if others and profile.share("numbered_name") >= _NAMES and not profile.share("ip", "mac", "bare_mac"):
                yield carries_none(table, position, f"names, beside {header_text(table, others[0])}")


def named_by_kind(table: TableView) -> Iterator[Evidence]:
    """A first column called after a kind of thing, different on every row and in words, names the things."""
    if table.kind.grain != "asset" or table.strong.get("hostname") or not table.headers:
        return
    words = {word.text for word in table.headers[0].words}
    named = bool(words & _KINDS_OF_THINGS) and words <= _KINDS_OF_THINGS | {
        "name",
        "network",
        "storage",
        "load balancer",
    }
    profile = table.profiles[0]
    if named and profile.filled > 1 and table.distinct_share(0) >= _UNIQUE and not profile.share("number", "bool"):
        why = "first column, called after a kind of thing, different on every row"
        yield says(table, 0, "hostname", SETTLES, why)
        for claim in table.claims[0]:
            if claim.field != "hostname" and claim.weight > 0:
                yield says(table, 0, claim.field, -REFUSES, why)


def label_is_name(table: TableView) -> Iterator[Evidence]:
    """A label or title that is a name like web01, different on every row, names it when no other column does."""
    if table.kind.grain != "asset" or table.strong.get("hostname") or table.strong.get("fqdn"):
        return
    for concept in ("label", "title", "object", "display"):
        for position in table.with_concepts(concept):
            named = table.profiles[position].share("numbered_name", "fqdn")
            if named >= _NAMES and table.distinct_share(position) >= _UNIQUE:
                yield from turns(table, position, "hostname", ("tags", "description"), "no other column names the row")


def zone_of_names(table: TableView) -> Iterator[Evidence]:
    """A zone called corp.example.com is one of DNS, not of a cloud."""
    for position, header in enumerate(table.headers):
        if "zone" in header.concepts and table.profiles[position].share("domain", "fqdn") >= _NAMES:
            yield from turns(table, position, "dns_domain", ("datacenter", "fqdn"), "the values are DNS domains")


def names_of_people(table: TableView) -> Iterator[Evidence]:
    """Beside an e-mail address and nothing but what a person has, the name is a person's and no machine's."""
    told = [set(header.concepts) for header in table.headers if header.words]
    if not table.strong.get("contact_email") or not all(words <= _OF_PEOPLE for words in told):
        return
    for position in (*table.with_concepts("name"), *table.with_concepts("full", "name")):
        yield carries_none(table, position, "all columns speak of people")
        for claim in table.claims[position]:
            if claim.field:
                yield says(table, position, claim.field, -REFUSES, "all columns speak of people")


def unnamed_values(table: TableView) -> Iterator[Evidence]:
    """Where no header says anything else, what the values look like counts for more."""
    for position, header in enumerate(table.headers):
        if not header.words:
            for field, weight, _ in suggestions(table.profiles[position], table.kind.record):
                if weight > 0:
                    yield says(table, position, field, LEANS, "the column has no name that says otherwise")


def unnamed_name(table: TableView) -> Iterator[Evidence]:
    """A first column without a header that holds names is the name, when no other column is."""
    if table.strong.get("hostname") or table.strong.get("application_name") or not table.headers:
        return
    if not table.headers[0].words and table.profiles[0].share("numbered_name") >= _NAMES:
        yield says(table, 0, "hostname", TURNS, "first column, holds names, and no other column does")
