"""Rules for names of machines, domains and mailboxes. What moves between fields (host to fqdn) is in `derived`."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, Stage, Trouble, nulled, replaced
from discovery_pipeline.domain.names import FQDN, INSTANCE, IPV4

_NOISE = (
    r"(?:prod\w*|non-?prod|prd|test|tst|dev\w*|uat|qa|stag\w*|stg|dr|old|alt|neu|new|decom\w*|retired|offline|template|vm|virtual|physical|"
    r"primary|secondary|migrated|moved|migriert|clone|copy|kopie|backup|active|passive|standby|aktiv|inaktiv|produktion|entwicklung|"
    + IPV4
    + ")"
)
_TOO_LONG = Trouble(
    "too_long",
    "warning",
    "longer than any name (255 characters); left empty",
    "look at the rows: a cell may have slipped",
)
_NO_FQDN = Trouble(
    "unparsable_value",
    "warning",
    "no DNS name; left empty",
    "correct them in the source, or map the column to another field",
)
_NO_MAIL = Trouble("unparsable_value", "warning", "no e-mail address; left empty", "correct them in the source")

_SEVERAL = Trouble(
    "several_values", "info", "several names where one is expected; the first was taken",
    "look whether they are one machine with aliases, or machines that need a row each",
)  # fmt: skip
# A name with a number as machines have it, unlike those of applications ("Payroll - Test").
_MACHINE = r"[A-Za-z][\w.-]*-[\w.-]*\d[\w.-]*|[A-Za-z]{3,}\d{2,}\w*"
_DOMAIN_BEFORE = r"^[^\\/\s]+\\([^\\\s]+)$"
_NAME_OF_LIST = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
_SEVERAL_NAMES = rf"^({_NAME_OF_LIST})(?:\s*[,;|\n]\s*{_NAME_OF_LIST})+$"

_SPELLING = Stage(
    ~TEXT.str.contains(r"^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,200}[A-Za-z0-9_-])?$"),
    (
        replaced("host_url", r"(?i)^[a-z][a-z0-9+.-]*://([^/:?#\s]+).*$", "${1}"),
        replaced("host_unc_prefix", r"^\\\\+([^\\]+).*$", "${1}"),
        replaced("host_distinguished_name", r"(?i)^cn=([^,=\s]+),.*\bdc=.*$", "${1}"),
        Rule(
            "host_windows_domain",
            TEXT.str.contains(_DOMAIN_BEFORE) & ~TEXT.str.contains(INSTANCE),
            TEXT.str.replace(_DOMAIN_BEFORE, "${1}"),
        ),
        # "CORP/srv01": a domain has capitals and no number, unlike a machine; two machines may stand beside a slash.
        replaced("host_windows_domain", r"^[A-Z][A-Z-]{1,14}/([A-Za-z][A-Za-z0-9_.-]*\d[A-Za-z0-9_.-]*)$", "${1}"),
        replaced("host_suffix_noise", rf"(?i)^(\S+)\s*[\[({{]\s*{_NOISE}\s*[\])}}]$", "${1}"),
        replaced("host_suffix_noise", rf"(?i)^({_MACHINE})\s+[-–—]\s+\p{{L}}+$", "${1}"),
        replaced(
            "host_note_dropped",
            r"(?i)^(\S+)\s*\((?:alias|aka|formerly|früher|vormals|ex|cluster|node)\b[^)]*\)$",
            "${1}",
        ),
        replaced("host_address_dropped", rf"^([^\s/|,;]+)\s*[/|,;-]\s*{IPV4}$", "${1}"),
        replaced("host_first_of_list", _SEVERAL_NAMES, "${1}", _SEVERAL),
        replaced("host_machine_account", r"^([^\s$]+)\$$", "${1}"),
        replaced("host_port", r"^([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*):\d{1,5}$", "${1}"),
        replaced("host_trailing_dot", r"^([^\s]*[^\s.])\.+$", "${1}"),
        nulled("too_long", TEXT.str.len_chars() > 255, _TOO_LONG),
    ),
)
_UPPER = TEXT.str.contains(r"\p{Lu}")
_LOWER = Stage(_UPPER, (Rule("host_lowercase", pl.lit(True), TEXT.str.to_lowercase()),))
_HOST = (_SPELLING, _LOWER)
_LOCALHOST = Stage(
    TEXT.str.starts_with("localhost"),
    (nulled("localhost_to_null", TEXT.str.contains(r"^localhost(?:\d|\.localdomain\d?)?$")),),
)

HOSTNAME = (*_HOST, _LOCALHOST)
OTHER_HOST = _HOST
# A name without a domain stays for `derived` to use as the host name; it is no FQDN.
_NAME = r"^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$"
FQDN_STAGES = (
    *_HOST,
    _LOCALHOST,
    Stage(
        ~TEXT.str.contains(FQDN),
        (
            replaced("fqdn_user_dropped", r"^[a-z0-9_.-]+@((?:[a-z0-9_-]+\.){2,}[a-z]{2,24})$", "${1}"),
            replaced("fqdn_first_of_list", r"^([a-z0-9_.-]+)\s*[,;|\n ]\s*[a-z0-9_.,;|\n -]+$", "${1}"),
            replaced("fqdn_wildcard", r"^\*\.(.+)$", "${1}"),
            nulled(
                "not_a_dns_name",
                ~TEXT.str.contains(FQDN) & ~TEXT.str.contains(_NAME) & ~TEXT.str.contains(f"^{IPV4}$"),
                _NO_FQDN,
            ),
        ),
    ),
)
_COMPONENTS = r"(?i)(?:^|,)\s*dc=[a-z0-9-]+(?:,\s*dc=[a-z0-9-]+)*$"
DOMAIN = (
    Stage(
        ~TEXT.str.contains(r"^[a-z0-9.-]*[a-z0-9]$"),
        (
            Rule(
                "domain_of_distinguished_name",
                TEXT.str.contains(_COMPONENTS),
                TEXT.str.extract_all(r"(?i)\bdc=[a-z0-9-]+").list.eval(pl.element().str.slice(3)).list.join("."),
            ),
            replaced("domain_path_dropped", r"^([A-Za-z0-9.-]+\.[A-Za-z]{2,24})/.*$", "${1}"),
            replaced("domain_marks_stripped", r"^[@.*]+|\.+$", ""),
            Rule("host_lowercase", _UPPER, TEXT.str.to_lowercase()),
        ),
    ),
)
_MAILBOX = r"^[a-z0-9.!#$%&'*+/=?^_{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}$"
EMAIL = (
    Stage(
        ~TEXT.str.contains(_MAILBOX),
        (
            replaced("email_angle_brackets", r"^.*<([^<>\s]+@[^<>\s]+)>.*$", "${1}"),
            replaced("email_mailto", r"(?i)^mailto:", ""),
            replaced("email_trailing_mark", r"^(\S+@\S*\w)[.,;:]+$", "${1}"),
            replaced("email_at_restored", r"(?i)^([^\s@]+?)\s*[\[(]\s*at\s*[\])]\s*([^\s@]+)$", "${1}@${2}"),
            replaced("email_first_of_list", r"^([^\s,;@]+@[^\s,;@]+)\s*[,;\s]\s*\S.*$", "${1}"),
            Rule("email_lowercase", _UPPER, TEXT.str.to_lowercase()),
            nulled("not_an_email", ~TEXT.str.contains(_MAILBOX), _NO_MAIL),
        ),
    ),
)
