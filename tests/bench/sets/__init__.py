"""Run whole benchmark sets by the documented command, score every answer by the sets' own scorer, and tabulate.

``python -m tests.bench.sets --help``. Set PLANNER_SHARED to the folder that holds ``bench/``, and PLANNER_PYVRP_VENV to
a virtual environment with PyVRP 0.14 for the peers' columns.
"""
