//! Messages in the language of the customer's user interface.

use super::{super::kind::Kind::*, *};

#[test]
fn the_german_messages_are_recognised() {
    for (text, kind, seats) in [
        (
            "Der Lizenzschlüssel ist ungültig. Stelle sicher, dass du ihn genau so eingegeben hast, wie du ihn von GitLab Inc. erhalten hast.",
            LicenseKeyInvalid,
            None,
        ),
        ("Diese Lizenz ist bereits abgelaufen.", LicenseExpired, None),
        (
            "Die hochgeladene Lizenz ist ungültig. Wenn das Problem weiterhin besteht, wende dich an den Support",
            FormEmpty,
            None,
        ),
        ("Die Lizenz wurde erfolgreich hochgeladen und ist ab 2026-11-23 aktiv.", AcceptedForLater, None),
        ("Du hast erfolgreich eine Lizenz hinzugefügt, die am 2026-11-23 aktiviert wird.", AcceptedForLater, None),
        ("Du hast kein aktives Abonnement", NoLicense, None),
        ("Abonnement nicht verfügbar", SubscriptionPageUnavailable, None),
        (
            "Der Aktivierungscode ist nicht gültig. Bitte kopiere ihn genau aus dem Kundenportal",
            ActivationCodeInvalid,
            None,
        ),
        (
            "Der Aktivierungscode sollte eine 24-stellige alphanumerische Zeichenfolge sein",
            ActivationCodeMalformed,
            None,
        ),
        (
            "Möglicherweise hast du einen abgelaufenen oder ungültigen Aktivierungscode eingegeben.",
            ActivationCodeIneligible,
            None,
        ),
        (
            "Das Abonnement kann nicht aktiviert werden, wenn Stiller Modus aktiviert ist. Deaktiviere „Stiller Modus“ und versuche es \
             erneut.",
            SilentMode,
            None,
        ),
        ("Um dein Abonnement zu aktivieren, musst du dich mit GitLab verbinden.", NoConnection, None),
        ("Ein Verbindungsproblem ist aufgetreten.", SyncFailed, None),
        (
            "Deine aktuelle GitLab-Installation umfasst 1.050 aktive Benutzer, was deine Anzahl neuer Abonnementplätze von 1.000 um 50 \
             übersteigt.",
            TooFewSeats,
            Some(1050),
        ),
        (
            "Du hast ein True-Up für 2 Benutzer beantragt, du benötigst jedoch auch ein True-Up für 3 Benutzer.",
            TrueUp,
            None,
        ),
        ("Deine Instanz nähert sich der Anzahl der lizenzierten Benutzer(innen)", SeatsNearlyUsed, None),
        (
            "Deine Instanz hat die Anzahl der lizenzierten Benutzer(innen) deines Abonnements überschritten.",
            SeatsExceeded,
            None,
        ),
        ("Deine Mitgliedschaft ist abgelaufen!", SubscriptionExpired, None),
        ("Dein Premium-Abonnement ist abgelaufen.", SubscriptionExpired, None),
        ("Dein Abonnement wurde erfolgreich aktiviert. Du kannst die Details unten einsehen.", Activated, None),
    ] {
        assert_eq!((kinds(text), found(text)[0].seats), (vec![kind], seats), "{text}");
    }
}

#[test]
fn the_french_messages_are_recognised() {
    for (text, kind) in [
        ("Activation impossible en raison de sièges qui ne correspondent pas", TooFewSeats),
        ("Activation impossible en raison de valeurs d'apurement qui ne correspondent pas", TrueUp),
        ("Une erreur s’est produite lors de l’activation", ActivationFailed),
        ("Impossible d'activer l'abonnement", ActivationFailed),
        ("Impossible d'activer l'instance en raison d'un problème de connectivité", NoConnection),
        ("L'abonnement ne peut pas être activé en mode silencieux.", SilentMode),
        ("Un problème de connectivité est survenu", SyncFailed),
        ("Abonnement non disponible", SubscriptionPageUnavailable),
        ("Le code d'activation n'est pas valide.", ActivationCodeInvalid),
        ("Le code d'activation doit être une chaîne alphanumérique de 24 caractères", ActivationCodeMalformed),
        ("Vous n'avez pas d'abonnement actif", NoLicense),
        ("Vous avez ajouté une licence qui s'active le 2026-11-23.", AcceptedForLater),
        ("Votre abonnement Premium a expiré.", SubscriptionExpired),
    ] {
        assert_eq!(kinds(text), [kind], "{text}");
    }
}
