"""The one hierarchy of domain errors; app.web.errors turns them into responses."""


def N_(message: str) -> str:  # noqa: N802 - the name by which message extraction knows it
    """Mark text for people for translation; the web layer translates it when it is shown."""
    return message


class DomainError(Exception):
    """Something a person asked for cannot be done; the message says why, in English for logs."""


class NotFoundError(DomainError):
    """There is no such thing, or the person may not know that there is."""


class ForbiddenError(DomainError):
    """The person may know that it exists, and may not do this."""


class GoneError(DomainError):
    """It existed and was withdrawn, or the link was used or ran out."""


class ConflictError(DomainError):
    """The state it was in when the person looked has changed; look again.

    `message` is text for people, marked with N_, with `params` for its placeholders.
    """

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params


class InvalidError(DomainError):
    """Input that breaks a rule.

    `field` names the form field where it happened; `message` is text for people that says what
    to do, marked with N_, with `params` for its placeholders.
    """

    def __init__(self, field: str, message: str, **params: object) -> None:
        super().__init__(f"{field}: {message % params if params else message}")
        self.field = field
        self.message = message
        self.params = params
