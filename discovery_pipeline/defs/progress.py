"""What happened in a run, told while it happens: progress for a terminal, timings for a summary, the first error."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from discovery_pipeline.domain.handoffs import Phase
from discovery_pipeline.quality.run import QualityReport

State = Literal["started", "done", "failed"]


@dataclass(frozen=True)
class ProgressEvent:
    """An asset began or ended. detail: rows or the reason of a failure."""

    asset: str
    state: State
    detail: str = ""


@dataclass
class AssetRecord:
    """What one asset did. seconds: wall time of its body, checks and writing included. failed_checks: their names."""

    phase: Phase
    asset: str
    seconds: float = 0.0
    rows_in: int = 0
    rows_out: int = 0
    checks_passed: int = 0
    checks_failed: int = 0
    failed_checks: tuple[str, ...] = ()
    findings: dict[str, int] = field(default_factory=dict)

    def checked(self, report: QualityReport) -> None:
        self.checks_passed = sum(o.passed for o in report.outcomes)
        self.checks_failed = len(report.outcomes) - self.checks_passed
        self.failed_checks = tuple(o.check.name for o in report.outcomes if not o.passed)


@dataclass
class Progress:
    """Collects the records of one run and tells a listener. errors: of the assets whose last try failed, the first one
    first. interrupted: a person or the system ended the run there. paused_before: the phase that it stopped before,
    asked to pause."""

    listener: Callable[[ProgressEvent], None] = lambda _: None
    records: list[AssetRecord] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    interrupted: bool = False
    paused_before: Phase | None = None

    @property
    def error(self) -> Exception | None:
        """What stops the run: the first error; None too once the asset that raised it was tried again."""
        return next(iter(self.errors.values()), None)

    @contextmanager
    def asset(self, phase: Phase, name: str) -> Iterator[AssetRecord]:
        """Time an asset's body and keep what it raises."""
        record = AssetRecord(phase, name)
        self.errors.pop(name, None)
        self.listener(ProgressEvent(name, "started"))
        begun = time.perf_counter()
        try:
            yield record
        except Exception as error:
            self.errors[name] = error
            self.listener(ProgressEvent(name, "failed", str(error)))
            raise
        except BaseException:
            self.interrupted = True
            raise
        finally:
            record.seconds = time.perf_counter() - begun
            self.records.append(record)
        self.listener(ProgressEvent(name, "done", f"{record.rows_out:,} rows"))
