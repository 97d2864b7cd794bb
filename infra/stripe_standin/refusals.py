"""What Stripe says no with."""

from __future__ import annotations


class Refusal(Exception):
    """An answer in the shape of Stripe's errors; nothing of the request is kept."""

    def __init__(
        self, message: str, *, status: int = 400, kind: str = "invalid_request_error", code: str = "", param: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message, "code": code, "param": param}

    def body(self) -> dict[str, object]:
        return {"error": {name: value for name, value in self.error.items() if value}}


class CardRefusal(Refusal):
    """The card was asked and said no. What was written about the attempt is kept."""

    def __init__(self, code: str, message: str, *, decline: str = "", intent: str = "", charge: str = "") -> None:
        super().__init__(message, status=402, kind="card_error", code=code)
        self.error |= {"decline_code": decline, "charge": charge, "payment_intent": {"id": intent} if intent else ""}  # type: ignore[dict-item]


def missing(kind: str, ident: str, param: str = "id", status: int = 404) -> Refusal:
    name = kind.rpartition(".")[2].replace("_", " ")
    return Refusal(f"No such {name}: '{ident}'", status=status, code="resource_missing", param=param)
