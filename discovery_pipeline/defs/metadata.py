"""What a person sees of a frame in Dagster's UI: schemas, counts, small tables and masked samples.

Dagster's metadata has no access control, so nothing here shows a cell as it is: header names, codes and counts do,
values only with their letters and digits replaced.
"""

from collections.abc import Mapping, Sequence

import dagster as dg
import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.domain.masking import masked, masked_texts
from discovery_pipeline.domain.schema import RECORD_KINDS, fields

SAMPLE_ROWS = 5
TOP = 10


def column_schema(schema: FrameSchema) -> dg.TableSchema:
    """A frame schema as Dagster's column schema; canonical fields bring their descriptions."""
    descriptions = {f.name: f.description for kind in RECORD_KINDS for f in fields(kind).values()}
    return dg.TableSchema(
        columns=[dg.TableColumn(n, type=str(t), description=descriptions.get(n)) for n, t in schema.items()]
    )


def definition_metadata(schema: FrameSchema | None) -> dict[str, object]:
    """The static metadata of an asset whose main part has a fixed schema."""
    return {"dagster/column_schema": column_schema(schema)} if schema else {}


def distinct_shapes(values: Sequence[str]) -> list[str]:
    """The distinct shapes of these values."""
    return list(dict.fromkeys(masked_texts(values)))


def masked_sample(frame: pl.LazyFrame, columns: Sequence[str]) -> dg.MarkdownMetadataValue:
    """The first rows of some columns with every value masked."""
    present = [c for c in columns if c in frame.collect_schema().names()]
    head = frame.select(present).head(SAMPLE_ROWS).collect()
    return markdown(head.select(masked(as_text(pl.col(c), t)).alias(c) for c, t in head.schema.items()))


def as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Any column as text; lists joined by a semicolon."""
    if isinstance(dtype, pl.List):
        return column.cast(pl.List(pl.String)).list.join("; ")
    return column.cast(pl.String)


def markdown(frame: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """A small frame as a Markdown table."""
    header = [f"| {' | '.join(frame.columns)} |", f"|{'---|' * frame.width}"]
    rows = [f"| {' | '.join(_cell(v) for v in row)} |" for row in frame.iter_rows()]
    return dg.MetadataValue.md("\n".join([*header, *rows]))


def top_counts(frame: pl.DataFrame, column: str) -> dg.MarkdownMetadataValue:
    """The most frequent values of a column of codes, with their counts."""
    counts = frame.group_by(column).len("count").sort(["count", column], descending=[True, False])
    return markdown(counts.head(TOP))


def summary_table(summary: Mapping[str, object]) -> dg.MarkdownMetadataValue:
    """A phase's summary as a two-column table."""
    rows = [(name, str(value)) for name, value in summary.items()]
    return markdown(pl.DataFrame(rows, schema={"what": pl.String, "value": pl.String}, orient="row"))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}"
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
