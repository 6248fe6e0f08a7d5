"""What an analysis rests on beside the frames: the tenant's plan and the dated tables in force.

Keep out: what follows from them (domain.analysis).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable
from discovery_pipeline.domain.analysis.params import AnalysisParams, read_params
from discovery_pipeline.domain.analysis.sizing.catalogue import Catalogue
from discovery_pipeline.domain.analysis.sizing.regional import terms
from discovery_pipeline.services.reference_data import lifecycle_table, price_catalogue, reference_prints
from discovery_pipeline.services.tenant_settings import PLAN, analysis_params, tenant_setting
from discovery_pipeline.store.session import Database

REFERENCE = "reference"


@dataclass(frozen=True)
class AnalysisBasis:
    """document: what the analysis keeps of this, so that a later change of it is seen."""

    params: AnalysisParams
    dates: LifecycleTable
    prices: Catalogue
    document: dict[str, Any]


def analysis_basis(database: Database, tenant: str, location: str) -> AnalysisBasis:
    """What holds now. location: of the frames. Raises UsageError, PermanentError for what can't be read."""
    document = {PLAN: tenant_setting(database, tenant, PLAN), REFERENCE: reference_prints(location)}
    return AnalysisBasis(
        analysis_params(database, tenant), lifecycle_table(location), price_catalogue(location), document
    )


def check_plan(text: str, location: str) -> None:
    """Whether a plan can be carried out with the prices in force. location: of the frames.

    Raises UsageError that says what is wrong with it, and which providers and regions have prices.
    """
    terms(price_catalogue(location), read_params(text).sizing)
