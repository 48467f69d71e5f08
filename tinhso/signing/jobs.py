"""What signing does by the clock."""

from datetime import datetime

from tinhso.kernel.jobs import every
from tinhso.signing.actions import heal_signatures


@every("*/5 * * * *", "signing.heal")
def heal(moment: datetime) -> int:
    """Add the time stamps that could not be had when files were signed."""
    return heal_signatures(at=moment)
