"""Events found by their date, and the rare types that every report asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RARE = "type IN ('profile_applied', 'correction_recorded')"


def upgrade() -> None:
    op.create_index("event_effective_on", "event", ["authority", "effective_on"])
    op.create_index("event_rare_type", "event", ["authority", "type"], postgresql_where=sa.text(RARE))


def downgrade() -> None:
    op.drop_index("event_rare_type", "event")
    op.drop_index("event_effective_on", "event")
