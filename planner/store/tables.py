"""The tables of the store, the same in both databases. `migrations` makes them."""

from __future__ import annotations

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

# SQLite's strict tables know INTEGER, REAL, TEXT and BLOB only.
Number: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")
Large: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

days = Table(
    "days",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("date", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("currency", Text, nullable=False),
    UniqueConstraint("date", "time_zone", "currency"),
    sqlite_strict=True,
)

# An order that is changed during the day is a row more; `fingerprint` tells the versions apart.
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day_id", Integer, ForeignKey("days.id"), nullable=False, index=True),
    Column("order_id", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("lat", Number),
    Column("lon", Number),
    Column("address", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("demand_kg", Number, nullable=False),
    Column("volume_l", Number, nullable=False),
    Column("parcels", Integer, nullable=False),
    Column("windows", Text, nullable=False),
    Column("erased_utc", Text),
    UniqueConstraint("day_id", "fingerprint"),
    CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="on_the_globe"),
    sqlite_strict=True,
)

# A revision is saved on its parent. One parent has one next revision, whoever is first; a branch does not count.
plans = Table(
    "plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day_id", Integer, ForeignKey("days.id"), nullable=False, index=True),
    Column("parent", Integer, ForeignKey("plans.id")),
    Column("branch", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("saved_utc", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("cost", Number, nullable=False),
    Column("km", Number, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("served", Integer, nullable=False),
    Column("unassigned", Integer, nullable=False),
    Column("vehicles", Integer, nullable=False),
    Column("violations", Integer, nullable=False),
    Column("kept_with_violations", Integer, nullable=False),
    Column("erased_utc", Text),
    Column("document_bytes", Large, nullable=False),
    Column("document_sha256", Text, nullable=False, index=True),
    Column("document", LargeBinary, nullable=False),  # last: to read what stands behind it is to read all of it
    CheckConstraint("branch IN (0, 1) AND kept_with_violations IN (0, 1)", name="flags"),
    CheckConstraint("(parent IS NULL) = (revision = 1) AND (parent IS NOT NULL OR branch = 0)", name="roots"),
    CheckConstraint("violations = 0 OR kept_with_violations = 1", name="violations_on_purpose"),
    CheckConstraint("length(document_sha256) = 64", name="sha256"),
    Index(
        "ix_plans_next_revision",
        "parent",
        unique=True,
        sqlite_where=text("branch = 0"),
        postgresql_where=text("branch = 0"),
    ),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # the number of a plan that was pruned is not given to another
)

plan_orders = Table(
    "plan_orders",
    metadata,
    Column("plan_id", Integer, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("order_row", Integer, ForeignKey("orders.id"), primary_key=True, index=True),
    Column("served", Integer, nullable=False),
    CheckConstraint("served IN (0, 1)", name="flags"),
    sqlite_strict=True,
)

edits = Table(
    "edits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan_id", Integer, ForeignKey("plans.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_strict=True,
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan_id", Integer, ForeignKey("plans.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at_s", Integer),
    Column("kind", Text, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_strict=True,
)

provenance = Table(
    "provenance",
    metadata,
    Column("plan_id", Integer, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("program", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("seed", Large, nullable=False),
    Column("iterations", Large, nullable=False),
    Column("time_limit_s", Number),
    Column("stopped_by", Text, nullable=False),
    Column("streets_file", Text, nullable=False),
    Column("streets_sha256", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("rows_read", Integer, nullable=False),
    Column("rows_rejected", Integer, nullable=False),
    Column("run", Text),
    Column("folder", Text),
    sqlite_strict=True,
)

backups = Table(
    "backups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("made_utc", Text, nullable=False),
    sqlite_strict=True,
)

# A run over many days. `uid` stands in the folder of its results, so that the two find each other.
batches = Table(
    "batches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("folder", Text, nullable=False),
    Column("made_utc", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("versions", Text, nullable=False),
    sqlite_strict=True,
)

# Who holds the `token` may say how a job ended, until `lease_until`; `owner` names the runner that asked for it.
batch_jobs = Table(
    "batch_jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", Integer, ForeignKey("batches.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),  # empty for a job that cannot be read
    Column("parts", Text, nullable=False),  # what the hash is of, so that a change can be named
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("deaths", Integer, nullable=False),  # of workers it was on, whoever was guilty
    Column("deaths_alone", Integer, nullable=False),  # of processes with nothing else in them
    Column("out_of_memory", Integer, nullable=False),
    Column("owner", Text),
    Column("token", Text),
    Column("lease_until", Text),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("result", Text),  # the same in every run
    Column("run", Text),  # seconds, memory, host
    UniqueConstraint("batch_id", "name"),
    CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'quarantined')", name="state"),
    CheckConstraint("(state = 'running') = (token IS NOT NULL)", name="lease"),
    CheckConstraint("(state = 'done') = (result IS NOT NULL)", name="result"),
    Index("ix_batch_jobs_next", "batch_id", "state", "out_of_memory", "position"),
    sqlite_strict=True,
)
