"""What the pages say, in the newsletter's language; no page repeats anything that came with a request."""

# ruff: noqa: RUF001 - French has its own apostrophe

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """A page's headline and what it says below; `{}` stands for the newsletter's name."""

    title: str
    text: str


@dataclass(frozen=True)
class Wording:
    """All that the way out has to say."""

    ask: Notice
    button: str
    left: Notice
    test: Notice
    unknown: Notice
    trouble: Notice
    again: str


_WORDINGS = {
    "en": Wording(
        ask=Notice("Leave {}?", "No further issue will be sent to the address that received this link."),
        button="Unsubscribe",
        left=Notice(
            "You have left {}.",
            "No further issue will be sent to you. One that was already on its way may still arrive.",
        ),
        test=Notice(
            "This was a test.",
            "The link comes from a test message, so nothing has changed. A reader would have left now.",
        ),
        unknown=Notice(
            "This link is not complete.",
            "Perhaps it was cut off on its way. Open it once more from the message, "
            "or answer the message and ask to be taken off the list.",
        ),
        trouble=Notice("That did not work.", "You are still on the list. Please try again in a few minutes."),
        again="Try again",
    ),
    "fr": Wording(
        ask=Notice("Quitter {}\u00a0?", "Plus aucun numéro ne sera envoyé à l’adresse qui a reçu ce lien."),
        button="Se désabonner",
        left=Notice(
            "Vous avez quitté {}.",
            "Plus aucun numéro ne vous sera envoyé. Il se peut qu’un dernier, déjà parti, arrive encore.",
        ),
        test=Notice(
            "C’était un essai.",
            "Le lien vient d’un message d’essai\u00a0: rien n’a changé. Un lecteur aurait maintenant quitté la liste.",
        ),
        unknown=Notice(
            "Ce lien n’est pas complet.",
            "Il a peut-être été coupé en route. Ouvrez-le de nouveau depuis le message, "
            "ou répondez au message en demandant à être retiré de la liste.",
        ),
        trouble=Notice(
            "Cela n’a pas fonctionné.", "Vous êtes toujours sur la liste. Veuillez réessayer dans quelques minutes."
        ),
        again="Réessayer",
    ),
    "ar": Wording(
        ask=Notice("هل تريد مغادرة {}؟", "بعد ذلك لن يُرسل أي عدد إلى العنوان الذي وصله هذا الرابط."),
        button="إلغاء الاشتراك",
        left=Notice("لقد غادرت {}.", "لن يُرسل إليك أي عدد آخر. وقد يصلك عدد كان في طريقه إليك."),
        test=Notice("كانت هذه تجربة.", "جاء الرابط من رسالة تجريبية، فلم يتغيّر شيء. ولو كان قارئًا لغادر القائمة الآن."),
        unknown=Notice(
            "هذا الرابط غير مكتمل.",
            "ربما انقطع جزء منه في الطريق. افتحه مرة أخرى من الرسالة، أو أجب عن الرسالة واطلب حذفك من القائمة.",
        ),
        trouble=Notice("لم ينجح ذلك.", "ما زلت في القائمة. يُرجى المحاولة بعد بضع دقائق."),
        again="حاول مرة أخرى",
    ),
}


def wording_for(language: str) -> Wording:
    """The sentences in a language (`fr`, `fr-CA`), or in English."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return _WORDINGS.get(primary, _WORDINGS["en"])
