"""Files in: what is recognised in them before anything is stored, delivering them, and the run over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from discovery_pipeline.domain.errors import DiscoveryError
from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.services import run_control
from discovery_pipeline.services.agents.forecast import foresee
from discovery_pipeline.services.delivery.ingest import IngestReport, ingest
from discovery_pipeline.services.delivery.uploads import Recognised, laid_aside, recognised
from discovery_pipeline.services.due_runs import files_due
from discovery_pipeline.services.mapping.learned import recall_for
from discovery_pipeline.services.mapping.looked_at import looked_at_so_far
from discovery_pipeline.services.mapping.meanings import meanings_of
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.upload.delivered_files import delivered_files
from streamlit_app.app_pages.upload.recognised_files import recognised_columns, recognised_files, size
from streamlit_app.people import acting, may

# The browser's files are held in memory until they are delivered.
MAX_MB = 500
OUTCOMES = {"added": "added", "unchanged": "was there already", "duplicate": "same content as another file"}
_RECOGNISED = "recognised"
_REPORT = "ingested"
_ROUND = "upload_round"
_STARTED = "started_run"


@widgets.guarded
def page() -> None:
    """Drop, look, deliver, run."""
    run_id = st.session_state.pop(_STARTED, None)
    if run_id:
        state.go_to("runs", run=run_id)
    tenant = state.tenant()
    st.title("Upload", anchor=False)
    widgets.show_notice()
    _drop(tenant)
    _report(tenant)
    _next_run(tenant)
    delivered_files(tenant)


def _uploader(tenant: str) -> str:
    """The uploader's key: another one after each delivery, so that it is empty again."""
    return f"upload/{tenant}/{st.session_state.get(_ROUND, 0)}"


def _drop(tenant: str) -> None:
    refused = not may("analyst")
    uploads: Any = st.file_uploader(
        "Exports of any tool: CSV, Excel, JSON, XML, Parquet, or archives of them",
        accept_multiple_files=True,
        key=_uploader(tenant),
        max_upload_size=MAX_MB,
        disabled=refused,
        help=f"Up to {MAX_MB} MB a file. Larger ones on the command line: discovery ingest {tenant} PATH",
    )
    if refused:
        st.caption("Delivering files takes the role analyst.")
    if not uploads:
        return
    st.subheader("What was recognised", anchor=False)
    st.caption("Nothing is stored yet.")
    try:
        found = _looked_into(tenant, uploads).found
    except DiscoveryError as error:
        widgets.failure(error)
        _delivery(tenant, uploads, refused)
        return
    recognised_files(found)
    _delivery(tenant, uploads, refused)
    recognised_columns(found)


@dataclass(frozen=True)
class _Looked:
    """What is in files that were dropped. of: the tenant and the files. unreadable: ids of those no run could read."""

    of: tuple[str, ...] = ()
    found: Recognised = field(default_factory=lambda: Recognised({}))
    unreadable: frozenset[str] = frozenset()


def _looked_into(tenant: str, uploads: Sequence[Any]) -> _Looked:
    """Asked once for the same files. Raises what reading and recalling raise."""
    of = (tenant, *(upload.file_id for upload in uploads))
    known: _Looked = st.session_state.get(_RECOGNISED, _Looked())
    if known.of == of:
        return known
    workspace = services.workspace()
    settings = workspace.settings
    with (
        st.spinner("Looking into the files"),
        laid_aside(settings.home, [(upload.name, upload) for upload in uploads]) as paths,
    ):
        params = ResolveParams(settings.mapping_precision)
        recall, seen = recall_for(workspace, tenant), looked_at_so_far(workspace, tenant)
        found = recognised(paths, recall, params, meanings_of(settings), seen)
        errors = {file["file"] for file in found.document["files"] if "error" in file}
        ids = frozenset(upload.file_id for upload, path in zip(uploads, paths, strict=True) if path.name in errors)
    looked = st.session_state[_RECOGNISED] = _Looked(of, found, ids)
    return looked


def _to_deliver(tenant: str) -> list[Any]:
    """The uploads without those that can't be read, unless these are wanted too."""
    uploads = st.session_state.get(_uploader(tenant)) or []
    if st.session_state.get(_unreadable_too(tenant)):
        return list(uploads)
    looked: _Looked = st.session_state.get(_RECOGNISED, _Looked())
    return [upload for upload in uploads if upload.file_id not in looked.unreadable]


def _unreadable_too(tenant: str) -> str:
    return f"{_uploader(tenant)}/unreadable"


def _delivery(tenant: str, uploads: Sequence[Any], refused: bool) -> None:
    with st.container(border=True):
        source, day = st.columns(2)
        source.text_input(
            "Source",
            key=f"source/{tenant}",
            placeholder="each file's own name, without dates",
            help="The feed they belong to. A newer snapshot of a source takes the place of the older one.",
        )
        day.date_input(
            "As of", value=None, key=f"as_of/{tenant}", help="The day of the snapshot; today where none is given."
        )
        if any(upload.file_id in st.session_state.get(_RECOGNISED, _Looked()).unreadable for upload in uploads):
            st.toggle("Also those that can't be read", key=_unreadable_too(tenant))
        taken = _to_deliver(tenant)
        count = len(taken)
        st.button(
            f"Deliver {count:,} file{'' if count == 1 else 's'} ({size(sum(upload.size for upload in taken))})",
            key=f"deliver/{tenant}",
            type="primary",
            icon=":material/upload_file:",
            disabled=refused or not taken,
            on_click=_deliver,
            args=(tenant,),
        )


@acting("analyst")
def _deliver(tenant: str) -> None:
    uploads = _to_deliver(tenant)
    source: str = (st.session_state.get(f"source/{tenant}") or "").strip()
    as_of: date | None = st.session_state.get(f"as_of/{tenant}")
    workspace = services.workspace()
    if not uploads:
        return
    with laid_aside(workspace.settings.home, [(upload.name, upload) for upload in uploads]) as paths:
        report = ingest(workspace.settings, workspace.database, tenant, paths, source or None, as_of)
    st.session_state[_REPORT] = (tenant, report)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state.pop(_RECOGNISED, None)


def _report(tenant: str) -> None:
    """What became of the files delivered last."""
    told = st.session_state.get(_REPORT)
    if not told or told[0] != tenant:
        return
    report: IngestReport = told[1]
    added = sum(file.outcome == "added" for file in report.files)
    kept = len(report.files) - added
    st.success(f"{added:,} delivered" + (f", {kept:,} had nothing new" if kept else "") + ".")
    rows = [
        {"File": f.file, "Source": f.source, "Outcome": OUTCOMES[f.outcome], "Counts": "yes" if f.counts else "no",
         "": f.detail}
        for f in report.files
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    for notice in report.notices:
        st.caption(f"{widgets.plain(notice.file)}: {widgets.plain(notice.detail)}")


def _next_run(tenant: str) -> None:
    """Whether a run has something new to read, what models would cost, and the button that starts it."""
    due = files_due(services.workspace(), tenant)
    if not due.files:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(_due_words(due.is_due, due.files, due.used) + _forecast(tenant), width="stretch")
        st.button(
            "Run discovery",
            key=f"run/{tenant}",
            type="primary" if due.is_due else "secondary",
            icon=":material/play_arrow:",
            disabled=not may("analyst"),
            on_click=_run,
            args=(tenant,),
        )


def _due_words(is_due: bool, files: int, used: str | None) -> str:
    counted = f"{files:,} file{'' if files == 1 else 's'}"
    if not is_due:
        return f"The last run read the {counted} that count{'s' if files == 1 else ''}."
    one = files == 1
    if used is None:
        return f"**{counted} wait{'s' if one else ''} for the first run.**"
    return f"**{counted} count{'s' if one else ''}; the last run read others.**"


def _forecast(tenant: str) -> str:
    """What the next run will ask of models and cost; "" where none is configured."""
    workspace = services.workspace()
    found = foresee(workspace.settings, workspace.database, services.frames(tenant))
    if found is None:
        return ""
    if not found.is_known:
        return f"  \nModels: no forecast, for {widgets.plain(found.basis)}."
    total = found.total
    usd = "a cost that no price is known for" if total.usd is None else f"\\${total.usd:.4f}"
    return f"  \nModels: about {total.calls:.0f} calls, {usd} ({widgets.plain(found.basis)})."


@acting("analyst")
def _run(tenant: str) -> None:
    by = f"{state.author()}, in the app"
    database, frames = services.workspace().database, services.frames(tenant)
    run_id = run_control.start(services.dagster(), database, frames, "validation", by).run_id
    state.follow(tenant, run_id)
    st.session_state[_STARTED] = run_id
    st.session_state.pop(_REPORT, None)
