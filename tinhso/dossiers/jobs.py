"""What dossiers do by the clock."""

from datetime import datetime

from tinhso.dossiers.actions.figures import close_months
from tinhso.kernel.jobs import every


@every("11 1 * * *", "dossiers.close_months")
def close_past_months(moment: datetime) -> list[str]:
    """Keep the figures of months that are over; until then they are counted from the dossiers."""
    return [f"{month:%Y-%m}" for month in close_months(at=moment)]
