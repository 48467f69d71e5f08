"""Where the bytes of files lie: a folder, or an S3 bucket by setting. Addressed by SHA-256, never by name."""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings


class Store(Protocol):
    """What a place of files must do. `put` returns only when the bytes would survive a power cut."""

    def put(self, source: Path, sha256: str) -> None: ...
    def open(self, sha256: str) -> BinaryIO: ...
    def has(self, sha256: str) -> bool: ...
    def delete(self, sha256: str) -> None: ...
    def everything(self) -> Iterator[tuple[str, datetime]]: ...


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class FolderStore:
    """Files in a folder of this machine: `ab/abcd…`, written aside, synced, renamed, folder synced."""

    def __init__(self, root: Path):
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def put(self, source: Path, sha256: str) -> None:
        target = self.path(sha256)
        if target.exists():
            return
        if not target.parent.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(self.root)
        handle = os.open(source, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        os.chmod(source, 0o440)
        os.replace(source, target)
        sync_folder(target.parent)

    def open(self, sha256: str) -> BinaryIO:
        return self.path(sha256).open("rb")

    def has(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def delete(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)

    def everything(self) -> Iterator[tuple[str, datetime]]:
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                with contextlib.suppress(FileNotFoundError):
                    yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)


class S3Store:
    """Files in a bucket of any server that speaks S3 (MinIO, Ceph, a provider)."""

    def __init__(self, *, bucket: str, endpoint: str, access_key: str, secret_key: str):
        from storages.backends.s3 import S3Storage

        self.storage = S3Storage(
            bucket_name=bucket,
            endpoint_url=endpoint or None,
            access_key=access_key or None,
            secret_key=secret_key or None,
            # The name is the content: writing it again writes the same bytes.
            file_overwrite=True,
            default_acl=None,
            querystring_auth=False,
        )

    def put(self, source: Path, sha256: str) -> None:
        if self.has(sha256):
            return
        with source.open("rb") as file:
            self.storage.bucket.upload_fileobj(file, sha256)

    def open(self, sha256: str) -> BinaryIO:
        if not self.has(sha256):
            raise FileNotFoundError(sha256)
        return self.storage.open(sha256, "rb")

    def has(self, sha256: str) -> bool:
        return self.storage.exists(sha256)

    def delete(self, sha256: str) -> None:
        self.storage.delete(sha256)

    def everything(self) -> Iterator[tuple[str, datetime]]:
        for thing in self.storage.bucket.objects.all():
            yield thing.key, thing.last_modified


def root() -> Path:
    """Return the folder of files; tests have their own."""
    return settings.VAR / ("files-of-tests" if settings.TESTING else "files")


def incoming() -> Path:
    """Return the folder where files are written before they have a name; beside the store, so renaming is atomic."""
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def store() -> Store:
    """Return the store that the settings name."""
    if settings.ENV.file_store == "s3":
        return S3Store(
            bucket=settings.ENV.s3_bucket,
            endpoint=settings.ENV.s3_endpoint,
            access_key=settings.ENV.s3_access_key,
            secret_key=settings.ENV.s3_secret_key,
        )
    incoming()
    return FolderStore(root())
