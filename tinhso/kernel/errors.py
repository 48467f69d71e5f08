"""The one exception that speaks to people. Everything else is a bug and reaches the log."""


class Refused(Exception):
    """An action that may not be done now, with the sentence that says why and what to do.

    `field` names the input that caused it, when one did; `code` lets programs tell refusals apart.
    """

    def __init__(self, sentence: str, *, field: str | None = None, code: str = "refused"):
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.code = code


class NotAllowed(Refused):
    """The person has no right to this verb on this object."""

    def __init__(self, sentence: str = "Anh/chị không có quyền thực hiện việc này."):
        super().__init__(sentence, code="not-allowed")


def require(allowed: bool, sentence: str | None = None) -> None:
    """Refuse unless `allowed`: every action asks this once, with a predicate of `access.py`."""
    if not allowed:
        raise NotAllowed(*([sentence] if sentence else []))
