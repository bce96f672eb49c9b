"""Batches and their jobs, so that a run over many days can be gone on with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

STATES = "state IN ('waiting', 'running', 'done', 'failed', 'quarantined')"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("uid", "folder", "made_utc", "author", "versions")),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
        sa.UniqueConstraint("uid", name="uq_batches_uid"),
        sqlite_strict=True,
    )
    op.create_table(
        "batch_jobs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "content_sha256", "parts", "state")),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("attempts", "deaths", "deaths_alone", "out_of_memory")
        ),
        *(sa.Column(name, sa.Text) for name in ("owner", "token", "lease_until")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("code", "message")),
        *(sa.Column(name, sa.Text) for name in ("result", "run")),
        sa.PrimaryKeyConstraint("id", name="pk_batch_jobs"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_batch_jobs_batch_id", ondelete="CASCADE"),
        sa.UniqueConstraint("batch_id", "name", name="uq_batch_jobs_batch_id_name"),
        sa.CheckConstraint(STATES, name=op.f("ck_batch_jobs_state")),
        sa.CheckConstraint("(state = 'running') = (token IS NOT NULL)", name=op.f("ck_batch_jobs_lease")),
        sa.CheckConstraint("(state = 'done') = (result IS NOT NULL)", name=op.f("ck_batch_jobs_result")),
        sqlite_strict=True,
    )
    op.create_index("ix_batch_jobs_next", "batch_jobs", ["batch_id", "state", "out_of_memory", "position"])
