"""What was recognised in files that were only dropped: their tables, and what would be mapped to what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from discovery_pipeline.services.delivery.uploads import Recognised
from streamlit_app import widgets
from streamlit_app.evidence import in_words

# Tables whose columns are listed; the others are told by their line.
OPENED = 20
# Files that can't be read which are named with their reason.
LISTED = 8
_GRAIN = {"detail": "details of assets"}
_KINDS = {"asset": "assets", "relationship": "relationships", "connection": "connections"}
_STATUS = {"accepted": "sure", "review": "to review", "unmapped": "no field"}


def recognised_files(found: Recognised) -> None:
    """A line per table, and what can't be read in words."""
    tables = list(_tables(found.document))
    _untold(found)
    if not tables:
        return
    rows = pd.DataFrame([_row(file, table) for file, table in tables])
    number = st.column_config.NumberColumn(format="localized")
    st.dataframe(rows, hide_index=True, column_config={"Rows": number, "Columns": number})


def recognised_columns(found: Recognised) -> None:
    """The columns of each table, with what they would be mapped to."""
    tables = list(_tables(found.document))
    for number, (file, table) in enumerate(tables[:OPENED]):
        name = widgets.plain(f"{file} [{table['table']}]")
        with st.expander(f"{name}: what would be mapped to what", expanded=number == 0 and len(tables) == 1):
            _columns(table)
    if len(tables) > OPENED:
        st.caption(f"The columns of {len(tables) - OPENED} more tables show after a run, under Mappings.")


def size(count: int) -> str:
    """Bytes for people: 12_400_000 -> "12.4 MB"."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} bytes"


def _tables(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in document["files"]:
        for table in file.get("tables", ()):
            yield file["file"], table


def _untold(found: Recognised) -> None:
    """Files that hold nothing that could be shown, and those that were read in part."""
    unreadable = [file for file in found.document["files"] if "error" in file]
    if unreadable:
        told = [f"- **{widgets.plain(file['file'])}**: {widgets.plain(file['error'])}" for file in unreadable[:LISTED]]
        more = [f"- and {len(unreadable) - LISTED:,} more"] if len(unreadable) > LISTED else []
        count = f"{len(unreadable):,} file{'' if len(unreadable) == 1 else 's'}"
        st.warning("\n".join([f"**{count} can't be read**", "", *told, *more]), icon=":material/warning:")
    for name, why in found.skipped.items():
        st.info(f"**{widgets.plain(name)}** is {why}.")
    for name, read in found.sampled.items():
        st.info(f"Of **{widgets.plain(name)}** the first {size(read)} were looked at; rows are counted in those alone.")
    for notice in found.document["left_out"]:
        st.caption(f"{widgets.plain(notice['file'])}: {widgets.plain(notice['detail'])}")


def _row(file: str, table: Mapping[str, Any]) -> dict[str, Any]:
    status = Counter(column["status"] for column in table["columns"])
    return {
        "File": file,
        "Table": table["table"],
        "Rows are": _GRAIN.get(table["grain"]) or _KINDS.get(table["record"], table["record"]),
        "Product": table["product"] or "",
        "Rows": table["rows"],
        "Columns": len(table["columns"]),
        **{f"{word[0].upper()}{word[1:]}": status[name] for name, word in _STATUS.items()},
    }


def _columns(table: Mapping[str, Any]) -> None:
    shown = pd.DataFrame([_column(column) for column in table["columns"]])
    confidence = st.column_config.ProgressColumn("Confidence", min_value=0, max_value=100, format="%d %%")
    st.dataframe(shown, hide_index=True, column_config={"Confidence": confidence})


def _column(column: Mapping[str, Any]) -> dict[str, Any]:
    others = column["alternatives"]
    return {
        "Header": column["header"],
        "Field": column["field"] or "",
        "Confidence": round(100 * column["confidence"]),
        "Standing": _STATUS[column["status"]],
        "Unit": column["unit"] or "",
        "Why": "; ".join(map(in_words, column["why"])),
        "Else": f"{others[0]['field']}, {widgets.percent(others[0]['confidence'])}" if others else "",
    }
