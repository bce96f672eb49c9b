"""The folder of a batch: whose it is, its tables, and the folders of its jobs, each there as a whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from planner.errors import Fault, InputError
from planner.io.files import swap_in, write_atomic
from planner.store.engine import sync_folder

BATCH_NAME, JOBS_NAME = "batch.json", "jobs"
RESULTS, RUNS = "results", "runs"
FORMAT = "micro-ev-planner/batch/1"
TABLES = frozenset(f"{name}.{end}" for name in (RESULTS, RUNS) for end in ("csv", "parquet"))
NAMES = TABLES | {BATCH_NAME, JOBS_NAME}


class BatchFolder:
    """What lies in a folder is read and written here, and nowhere else."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    @property
    def jobs(self) -> Path:
        return self.path / JOBS_NAME

    def job(self, name: str) -> Path:
        """Return the folder of a job."""
        return self.jobs / name

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turn what the disk complains about into an `InputError`; what ended before is kept."""
        try:
            yield
        except OSError as error:
            message = f"cannot be written ({error.strerror or error}); the jobs that ended are kept"
            raise InputError(self._fault("E-B06", message, "make room, then --resume")) from error

    def uid(self) -> str | None:
        """Return the mark of the batch in the folder, None where there is none. Raises `InputError`."""
        if self.path.exists() and not self.path.is_dir():
            raise InputError(self._fault("E-B07", "is a file, not a folder", "choose another with -o"))
        file = self.path / BATCH_NAME
        if not file.exists():
            entries = self.path.iterdir() if self.path.is_dir() else ()
            strangers = sorted(entry.name for entry in entries if not self._is_beginning(entry))
            if strangers:
                message = f'holds "{strangers[0]}", and no batch'
                raise InputError(self._fault("E-B07", message, "choose another with -o"))
            return None
        try:
            found = json.loads(file.read_bytes())
            if found["format"] == FORMAT:
                return str(found["batch"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        message = f"{BATCH_NAME} is damaged, or of another version"
        raise InputError(self._fault("E-B10", message, "begin anew in another folder with -o"))

    def store(self) -> str:
        """Return the name of the store that the batch was begun with."""
        return str(json.loads((self.path / BATCH_NAME).read_bytes()).get("store", "unknown"))

    def begin(self, uid: str, *, store: str) -> None:
        """Mark the folder as that of a new batch. Raises `InputError` where another runner was first."""
        told: Mapping[str, Any] = {"format": FORMAT, "batch": uid, "store": store}
        part = self.path / f".{uid}.part"
        with self.writing():
            self.jobs.mkdir(parents=True, exist_ok=True)
            try:
                write_atomic(part, json.dumps(told, indent=2) + "\n")
                _claim(self.path / BATCH_NAME, part)
            except FileExistsError:
                message = "another runner has begun a batch here just now"
                raise InputError(self._fault("E-B07", message, "help it with --resume")) from None
            finally:
                part.unlink(missing_ok=True)

    def sweep(self, held: Callable[[], Collection[str]]) -> None:
        """Remove what killed runners have left half written; `held` gives the tokens of those that live."""
        found = [*self.jobs.glob(".*.part"), *self.jobs.glob(".*.old")]
        tokens = held() if found else ()  # asked after the look: what came in between is held
        for entry in found:
            if entry.name.split(".")[1] not in tokens:
                shutil.rmtree(entry, ignore_errors=True)

    @contextmanager
    def filled(self, token: str, files: Mapping[str, bytes]) -> Iterator[Path]:
        """Give a folder beside the place of a job with its files on the disk; what is left of it is removed."""
        part = self.jobs / f".{token}.part"
        try:
            part.mkdir()
            for name, data in files.items():
                with (part / name).open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            yield part
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def put(self, part: Path, name: str) -> None:
        """Put a filled folder in its place, whatever is there."""
        swap_in(part, self.job(name))
        sync_folder(self.jobs)

    def clear(self, names: Iterable[str]) -> None:
        """Remove the folders of jobs that are none any more."""
        for name in names:
            shutil.rmtree(self.job(name), ignore_errors=True)

    def _is_beginning(self, entry: Path) -> bool:
        """Tell what a runner leaves that was killed before there was a batch."""
        if entry.name == JOBS_NAME and entry.is_dir():
            return not any(entry.iterdir())
        return entry.match(".*.part")

    def _fault(self, code: str, message: str, remedy: str) -> Fault:
        return Fault(code=code, file=str(self.path), message=message, remedy=remedy)


def _claim(place: Path, part: Path) -> None:
    """Put a file in its place for the first who comes. Raises `FileExistsError` for all others."""
    try:
        os.link(part, place)
    except FileExistsError:
        raise
    except OSError:  # a disk without links: there the file is not whole at once, and short
        with place.open("xb") as file:
            file.write(part.read_bytes())
            file.flush()
            os.fsync(file.fileno())
