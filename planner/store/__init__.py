"""Plans and their history: SQLite by default, PostgreSQL by URL.

`open_store` (in `planner.store.store`) is the way in; `planner.store.reference.resolve` finds a plan by path or by
its number in the store. Importing this package costs nothing; SQLAlchemy comes with `planner.store.store`.
"""
