"""What every table stands on: the names of keys and indexes, and which type of PostgreSQL a type of Python is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, DateTime, Double, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True), float: Double, list[str]: ARRAY(Text)}  # noqa: RUF012
