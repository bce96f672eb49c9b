"""Days, orders, plans with their edits, events and provenance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")
LARGE: sa.types.TypeEngine[int] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of_plan() -> sa.Column[int]:
    return sa.Column("plan_id", sa.Integer, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "days",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("date", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_days"),
        sa.UniqueConstraint("date", "time_zone", "currency", name="uq_days_date_time_zone_currency"),
        sqlite_strict=True,
    )
    _orders()
    _plans()
    op.create_table(
        "plan_orders",
        _of_plan(),
        sa.Column("order_row", sa.Integer, nullable=False),
        sa.Column("served", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "order_row", name="pk_plan_orders"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_plan_orders_plan_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["order_row"], ["orders.id"], name="fk_plan_orders_order_row"),
        sa.CheckConstraint("served IN (0, 1)", name=op.f("ck_plan_orders_flags")),
        sqlite_strict=True,
    )
    op.create_index("ix_plan_orders_order_row", "plan_orders", ["order_row"])
    _told("edits")
    _told("events", sa.Column("at_s", sa.Integer))
    _provenance()


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("day_id", sa.Integer, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("lat", NUMBER),
        sa.Column("lon", NUMBER),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("demand_kg", NUMBER, nullable=False),
        sa.Column("volume_l", NUMBER, nullable=False),
        sa.Column("parcels", sa.Integer, nullable=False),
        sa.Column("windows", sa.Text, nullable=False),
        sa.Column("erased_utc", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name="fk_orders_day_id"),
        sa.UniqueConstraint("day_id", "fingerprint", name="uq_orders_day_id_fingerprint"),
        sa.CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name=op.f("ck_orders_on_the_globe")),
        sqlite_strict=True,
    )
    op.create_index("ix_orders_day_id", "orders", ["day_id"])


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("day_id", sa.Integer, nullable=False),
        sa.Column("parent", sa.Integer),
        sa.Column("branch", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("saved_utc", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("cost", NUMBER, nullable=False),
        sa.Column("km", NUMBER, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("orders", "served", "unassigned", "vehicles")),
        sa.Column("violations", sa.Integer, nullable=False),
        sa.Column("kept_with_violations", sa.Integer, nullable=False),
        sa.Column("erased_utc", sa.Text),
        sa.Column("document_bytes", LARGE, nullable=False),
        sa.Column("document_sha256", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name="fk_plans_day_id"),
        sa.ForeignKeyConstraint(["parent"], ["plans.id"], name="fk_plans_parent"),
        sa.CheckConstraint("branch IN (0, 1) AND kept_with_violations IN (0, 1)", name=op.f("ck_plans_flags")),
        sa.CheckConstraint(
            "(parent IS NULL) = (revision = 1) AND (parent IS NOT NULL OR branch = 0)", name=op.f("ck_plans_roots")
        ),
        sa.CheckConstraint("violations = 0 OR kept_with_violations = 1", name=op.f("ck_plans_violations_on_purpose")),
        sa.CheckConstraint("length(document_sha256) = 64", name=op.f("ck_plans_sha256")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_plans_day_id", "plans", ["day_id"])
    op.create_index("ix_plans_document_sha256", "plans", ["document_sha256"])
    first = sa.text("branch = 0")
    op.create_index(
        "ix_plans_next_revision", "plans", ["parent"], unique=True, sqlite_where=first, postgresql_where=first
    )


def _told(name: str, *columns: sa.Column[int]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer, nullable=False),
        _of_plan(),
        *columns,
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=f"fk_{name}_plan_id", ondelete="CASCADE"),
        sqlite_strict=True,
    )
    op.create_index(f"ix_{name}_plan_id", name, ["plan_id"])


def _provenance() -> None:
    op.create_table(
        "provenance",
        _of_plan(),
        sa.Column("program", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("seed", LARGE, nullable=False),
        sa.Column("iterations", LARGE, nullable=False),
        sa.Column("time_limit_s", NUMBER),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("stopped_by", "streets_file", "streets_sha256")),
        sa.Column("inputs", sa.Text, nullable=False),
        sa.Column("rows_read", sa.Integer, nullable=False),
        sa.Column("rows_rejected", sa.Integer, nullable=False),
        sa.Column("run", sa.Text),
        sa.Column("folder", sa.Text),
        sa.PrimaryKeyConstraint("plan_id", name="pk_provenance"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_provenance_plan_id", ondelete="CASCADE"),
        sqlite_strict=True,
    )
