"""vrp-cli as a peer: ``python -m tests.bench.peer_vrpcli FOLDER -l SECONDS``, by a Python with vrp-cli 1.22.

Reads `problem.json` and `matrices.json` as `tests.bench.pragmatic` makes them, and writes `answer.json`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peer_vrpcli", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-l", dest="seconds", type=int, required=True)
    wanted = parser.parse_args()
    import vrp_cli  # type: ignore[import-not-found]  # it lives in an environment of its own

    config = {"termination": {"maxTime": wanted.seconds}, "environment": {"logging": {"enabled": False}}}
    matrices = json.loads((wanted.folder / "matrices.json").read_text(encoding="utf-8"))
    answer = vrp_cli.solve_pragmatic(
        problem=(wanted.folder / "problem.json").read_text(encoding="utf-8"),
        matrices=[json.dumps(matrix) for matrix in matrices],
        config=json.dumps(config),
    )
    (wanted.folder / "answer.json").write_text(answer, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
