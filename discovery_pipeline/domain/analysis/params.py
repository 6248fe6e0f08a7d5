"""What decides when an estate is assessed; each part stands beside the modules that it steers.

A tenant's own plan (`discovery tenant set T plan @plan.yaml`) fills the same model. Keep out: rules, which are data.
"""

from __future__ import annotations

from functools import cached_property

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from discovery_pipeline.domain.analysis.groups.params import GroupParams
from discovery_pipeline.domain.analysis.sizing.params import SizingParams
from discovery_pipeline.domain.analysis.strategy.params import StrategyParams
from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.errors import UsageError

_ADVICE = "see docs/plan.md for what a plan may say"


class AnalysisParams(BaseModel):
    """believed: edges at or above count (the contract's 0.5)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    believed: float = Field(default=0.5, gt=0, lt=1)
    groups: GroupParams = GroupParams()
    strategy: StrategyParams = StrategyParams()
    sizing: SizingParams = SizingParams()
    waves: WaveParams = WaveParams()

    @cached_property
    def text(self) -> str:
        """The canonical text of what differs from the defaults; "default" where nothing does."""
        said = self.model_dump(mode="json", exclude_defaults=True)
        return yaml.safe_dump(said, sort_keys=True, default_flow_style=True, width=10**6).strip() if said else DEFAULT


DEFAULT = "default"


def read_params(text: str) -> AnalysisParams:
    """A plan as people write it (YAML; "default" or nothing: the defaults).

    Raises UsageError that names each entry which isn't known or can't be.
    """
    if text.strip() in ("", DEFAULT):
        return AnalysisParams()
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise UsageError("this is no YAML", where=f"plan{place}", advice=_ADVICE) from error
    except ValueError as error:  # what looks like a date and is none
        raise UsageError(f"a date that there isn't: {error}", where="plan", advice=_ADVICE) from error
    if not isinstance(said, dict):
        raise UsageError("a plan is a list of names with values", where="plan", advice=_ADVICE)
    try:
        return AnalysisParams.model_validate(said)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        )
        raise UsageError(problems, where="plan", advice=_ADVICE) from error
