"""The tables. Each that holds a tenant's rows has a key that begins with tenant_id, and its migration puts it under
forced row-level security (migrations/tenancy.py). A test refuses a table that does neither. All are imported here, so
that who has one of them knows every one.

Keep out: queries.
"""

from __future__ import annotations

from discovery_pipeline.store.tables.base import Base
from discovery_pipeline.store.tables.estate import AssetIdentity, ChosenMapping, InventoryGeneration, SourceFile
from discovery_pipeline.store.tables.learning import (
    EMBEDDING_DIMENSIONS,
    CorrectedTable,
    CorrectionRow,
    PatternRow,
    PatternVector,
    SharedLessonRow,
)
from discovery_pipeline.store.tables.models import (
    KeptModelAnswer,
    ModelBudget,
    ModelCall,
    ModelChange,
    ModelForecast,
    ModelOpinion,
    ModelPlan,
    ModelReservation,
)
from discovery_pipeline.store.tables.runs import InsightRow, MappingOutcome, QualityResult, RunHold
from discovery_pipeline.store.tables.tenants import Tenant, TenantAccess, TenantSetting

__all__ = [
    "APPEND_ONLY",
    "EMBEDDING_DIMENSIONS",
    "AssetIdentity",
    "Base",
    "ChosenMapping",
    "CorrectedTable",
    "CorrectionRow",
    "InsightRow",
    "InventoryGeneration",
    "KeptModelAnswer",
    "MappingOutcome",
    "ModelBudget",
    "ModelCall",
    "ModelChange",
    "ModelForecast",
    "ModelOpinion",
    "ModelPlan",
    "ModelReservation",
    "PatternRow",
    "PatternVector",
    "QualityResult",
    "RunHold",
    "SharedLessonRow",
    "SourceFile",
    "Tenant",
    "TenantAccess",
    "TenantSetting",
    "tenant_tables",
]

# The application role may add to them and delete (when a tenant is removed, or what is kept dropped); never update.
APPEND_ONLY = frozenset(
    {
        "corrections",
        "model_calls",
        "kept_answers",
        "model_forecasts",
        "model_opinions",
        "model_changes",
        "insights",
        "model_plans",
    }
)


def tenant_tables() -> list[str]:
    """Names of all tables that hold tenants' rows, children before parents."""
    return [t.name for t in reversed(Base.metadata.sorted_tables) if "tenant_id" in t.columns]
