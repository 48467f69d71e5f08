"""Papers as they are handed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tinhso.directory.models import Person
from tinhso.dossiers.models import Dossier, Paper


@dataclass(frozen=True)
class NewPaper:
    """A paper as it is handed in: a file, sheets, or both."""

    component: str
    name: str
    file_id: str | None = None
    file_name: str = ""
    form: str = Paper.Form.ELECTRONIC
    quantity: int = 1
    digitised: bool = False
    reused: bool = False


def add_papers(dossier: Dossier, papers: Iterable[NewPaper], *, by: Person, at: datetime) -> list[Paper]:
    """Put papers into a dossier; the caller holds the lock and has asked for the right."""
    return Paper.objects.bulk_create(
        Paper(
            dossier=dossier,
            component=paper.component,
            name=paper.name,
            form=paper.form,
            quantity=paper.quantity,
            file_id=paper.file_id,
            file_name=paper.file_name,
            digitised=paper.digitised,
            reused=paper.reused,
            added_at=at,
            added_by=by,
        )
        for paper in papers
    )
