"""Every change of a dossier is news for the national portal. Nothing is sent here: a portal that is down holds nobody up."""

from connectors.national_portal.actions import note
from tinhso.dossiers import events
from tinhso.kernel.announcements import KINDS, when

# Who does a step inside an office changes nothing that the portal keeps.
NO_NEWS = {"dossiers.StepAssigned", "dossiers.StepOpened", "dossiers.ResultDrafted", "dossiers.ServiceRated"}

for kind in list(KINDS.values()):
    if kind.__module__ == events.__name__ and kind.kind not in NO_NEWS:
        when(kind)(note)
