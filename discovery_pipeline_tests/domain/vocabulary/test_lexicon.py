"""The lexicons: whole, free of contradictions, and cautious about what they do not know."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.schema import RECORD_KINDS, RecordKind, fields
from discovery_pipeline.domain.vocabulary.dictionary import dictionary
from discovery_pipeline.domain.vocabulary.headers import read_header
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD, STRENGTHS, claims_of, lexicon
from discovery_pipeline.domain.vocabulary.source import load

# One thing by two names in the schema: cloud sizes are accepted as either.
_TOLD_APART_BY_NOTHING = {frozenset({"flavor"})}


@pytest.mark.parametrize("record", RECORD_KINDS)
def test_every_canonical_field_has_phrases(record: RecordKind) -> None:
    assert set(load(record)["fields"]) == set(fields(record))


@pytest.mark.parametrize("record", RECORD_KINDS)
def test_no_words_surely_mean_two_fields(record: RecordKind) -> None:
    sure: dict[frozenset[str], set[str]] = {}
    for group in lexicon(record).by_concept.values():
        for phrase in group:
            if phrase.strength == STRENGTHS["sure"]:
                sure.setdefault(phrase.concepts, set()).add(phrase.field)

    assert {c: f for c, f in sure.items() if len(f) > 1 and c not in _TOLD_APART_BY_NOTHING} == {}


def test_the_dictionary_has_one_sense_a_form_and_language() -> None:
    forms = dictionary().forms

    assert len(forms) > 5_000
    assert all(senses for senses in forms.values())


@pytest.mark.parametrize("record", RECORD_KINDS)
def test_expectations_of_values_name_fields_and_known_shapes(record: RecordKind) -> None:
    shapes = load("shapes")
    known = {*shapes["patterns"], *shapes["words"], *shapes["starts"], *load("values")["groups"]}
    rules = load("values")[record]

    assert set(rules) <= set(fields(record))
    used = {s for r in rules.values() for part in ("fits", "suggests", "never") for s in r.get(part, {})}
    used |= {s for r in rules.values() for s in r.get("needs", {}).get("any", ())}
    assert used <= known


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Default Gateway", NO_FIELD),
        ("DNS Servers", NO_FIELD),
        ("Maintenance window", NO_FIELD),
        ("Wartungsfenster", NO_FIELD),
        ("VMware Tools Version", NO_FIELD),
        ("BIOS Version", NO_FIELD),
        ("Lizenzschlüssel", NO_FIELD),
        ("Fournisseur", NO_FIELD),
        ("Created by", NO_FIELD),
        ("Free space (GB)", NO_FIELD),
        ("Last logged on user", NO_FIELD),
        ("Warranty expiry", "warranty_end"),
        ("End of support", "end_of_support"),
        ("Cores per socket", "cores_per_socket"),
        ("Nb vCPU", "cpu_count"),
        ("Uso de memoria (%)", "memory_utilization_pct"),
        ("Peak CPU", "cpu_peak_pct"),
        ("Centre de coûts", "cost_center"),
        ("Fachlicher Ansprechpartner", "business_owner"),
    ],
)
def test_a_header_is_claimed_by_what_it_means(header: str, field: str) -> None:
    assert claims_of("asset", read_header(header))[0].field == field


@pytest.mark.parametrize("group", ["General", "Identification", "Basic", "Stammdaten"])
def test_the_group_above_a_name_costs_next_to_nothing(group: str) -> None:
    best = claims_of("asset", read_header(f"{group} Name"))[0]

    assert best.field == "hostname"
    assert best.weight >= 3.2


@pytest.mark.parametrize("header", ["CPU fnord", "fnord status", "IAM role", "SEV enabled", "VC priority"])
def test_a_word_that_nobody_knows_makes_a_claim_doubtful(header: str) -> None:
    claims = claims_of("asset", read_header(header))

    assert all(claim.weight < 3.0 for claim in claims if claim.field)


def test_what_stays_unexplained_is_named() -> None:
    claim = next(c for c in claims_of("asset", read_header("Hostname fnord")) if c.field == "hostname")

    assert claim.rest == ("fnord",)
