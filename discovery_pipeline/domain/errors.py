"""The project's one error tree: what went wrong, where, and what to do about it.

DiscoveryError
├── PermanentError            a retry gives the same result
│   ├── UsageError            wrong words on the command line            exit 2
│   ├── ConfigurationError    wrong settings, unsafe database role       exit 2
│   ├── UnreadableFile        a file that no reader understands          (a finding; the others go on)
│   ├── NothingToRead         no file of the tenant could be read        exit 1
│   ├── BlockingCheckFailed   a blocking check stopped the tenant        exit 1
│   ├── OutdatedInput        an asset's input was made from an older version of its own   exit 1
│   ├── TenantBusy            another writer holds the tenant            exit 1
│   ├── IsolationViolation    a path or query that would leave its tenant
│   └── MappingConflict       two decisions claim one column
└── TransientError            worth a retry
    └── Unreachable           database, object store or endpoint down    exit 3

Whether a failure is retried is decided by these two branches and nowhere else.
"""

from __future__ import annotations


class DiscoveryError(Exception):
    """Something a person can act on.

    message: what happened. where: the file, table, row, tenant or setting concerned. advice: what to do next.
    """

    exit_code = 1

    def __init__(self, message: str, *, where: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.advice = advice

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f" ({self.advice})" if self.advice else ""
        return f"{place}{self.message}{hint}"


class PermanentError(DiscoveryError):
    """A retry would fail in the same way."""


class UsageError(PermanentError):
    """Wrong words on the command line."""

    exit_code = 2


class ConfigurationError(PermanentError):
    """Settings that contradict each other or are unsafe."""

    exit_code = 2


class UnreadableFile(PermanentError):
    """A file that no reader understands; the other files go on."""


class NothingToRead(PermanentError):
    """Not one row of the tenant could be read."""


class BlockingCheckFailed(PermanentError):
    """A blocking check stopped the tenant; everything up to it is kept."""


class OutdatedInput(PermanentError):
    """An asset would mix an input with a newer version of what that input was made from."""


class TenantBusy(PermanentError):
    """Another writer holds the tenant's lock."""


class IsolationViolation(PermanentError):
    """A path or query that would leave its tenant."""


class MappingConflict(PermanentError):
    """Two decisions claim the same column."""


class TransientError(DiscoveryError):
    """Worth a retry."""


class Unreachable(TransientError):
    """A database, object store or endpoint did not answer."""

    exit_code = 3
