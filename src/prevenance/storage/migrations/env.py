"""Run the migrations on the connection and in the transaction that `upgrade` hands over."""

from alembic import context

from prevenance.storage.ledger_schema import metadata

if hasattr(context, "config"):  # Alembic runs this file; others only import it
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
    )
    context.run_migrations()
