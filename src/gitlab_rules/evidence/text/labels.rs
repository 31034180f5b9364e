//! The labels of GitLab's pages, in the languages that it is translated to nearly whole.

use std::{collections::HashMap, sync::LazyLock};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Label {
    Seats,
    Billable,
    Maximum,
    /// Users over the subscription: the larger of zero and maximum less seats.
    Over,
    Plan,
    Starts,
    Ends,
    LicensedTo,
    Email,
    Company,
    LicenseId,
    SubscriptionName,
    TotalBillable,
}

/// English, with the words of all versions since 10.
const ENGLISH: &[(Label, &[&str])] = &[
    (Label::Seats, &["Users in subscription", "Users in License"]),
    (Label::Billable, &["Billable users"]),
    (Label::Maximum, &["Maximum users"]),
    (Label::Over, &["Users over subscription", "Users over License"]),
    (Label::Plan, &["Plan"]),
    (Label::Starts, &["Start date", "Started", "Starts", "Valid from"]),
    (Label::Ends, &["End date", "Renews", "Expires", "Expired"]),
    (Label::LicensedTo, &["Licensed to", "Name"]),
    (Label::Email, &["Email"]),
    (Label::Company, &["Company"]),
    (Label::LicenseId, &["ID", "License ID"]),
    (Label::SubscriptionName, &["Subscription name"]),
    (Label::TotalBillable, &["Total billable users"]),
];

const GERMAN: &[(Label, &[&str])] = &[
    (Label::Starts, &["Startdatum"]),
    (Label::LicensedTo, &["Lizenziert für"]),
    (Label::Email, &["E-Mail"]),
    (Label::Company, &["Unternehmen"]),
];

/// What the columns of [`TRANSLATIONS`] are.
const COLUMNS: [Label; 6] = [Label::Seats, Label::Billable, Label::Maximum, Label::Over, Label::Plan, Label::Ends];

/// A row for each language. Two words in one cell are those of the Subscription page and of the dashboard.
#[rustfmt::skip]
const TRANSLATIONS: [[&[&str]; 6]; 10] = [
    [&["Benutzer(innen) im Abonnement"], &["Abrechenbare Benutzer(innen)"], &["Maximale Anzahl an Benutzer(inne)n"],
     &["Zusätzliche Benutzer(innen) über das Abonnement hinaus"], &["Tarif", "Plan"], &["Enddatum", "Abgelaufen am"]],
    [&["Utilisateurs compris dans l'abonnement"], &["Utilisateurs facturables"], &["Nombre maximum d'utilisateurs"],
     &["Utilisateurs non compris dans l'abonnement"], &["Forfait"], &["Date de fin", "Expiration"]],
    [&["Usuarios en suscripción"], &["Usuarios facturables"], &["Máximo de usuarios", "Número máximo de usuarios"],
     &["Usuarios por encima de la suscripción"], &["Planificación"], &["Fecha de término", "Caducó"]],
    [&["Usuários na assinatura"], &["Usuários faturáveis"], &["Máximo de usuários"],
     &["Usuários acima da assinatura"], &["Plano"], &["Data de término", "Expirado"]],
    [&["Utenti in abbonamento"], &["Utenti fatturabili"], &["Numero massimo di utenti"],
     &["Utenti non inclusi nell'abbonamento"], &["Piano"], &["Data di fine", "Scaduto"]],
    [&["サブスクリプションのユーザー"], &["請求可能ユーザー"], &["最大ユーザー数", "最大ユーザ数"],
     &["サブスクリプション外のユーザー"], &["プラン"], &["終了日", "有効期限切れ"]],
    [&["구독 중인 사용자"], &["청구 가능 사용자"], &["최대 사용자"],
     &["구독을 초과한 사용자"], &["요금제", "플랜"], &["종료일", "만료됨"]],
    [&["订阅中的用户"], &["付费用户"], &["最大用户数"],
     &["超过订阅的用户数"], &["方案", "计划"], &["结束日期", "过期时间"]],
    [&["訂閱中的使用者"], &["計費使用者"], &["最大用戶數", "最大使用者數"],
     &["超過訂閱數的使用者"], &["計劃"], &["結束日期", "已過期"]],
    [&["Úsáideoirí i síntiús"], &["Úsáideoirí inbhilleáilte"], &["Úsáideoirí uasta", "Uasmhéid Úsáideoirí"],
     &["Úsáideoirí thar síntiús"], &["Plean"], &["Dáta deiridh", "In éag"]],
];

static LABELS: LazyLock<HashMap<String, Label>> = LazyLock::new(|| {
    let untranslated = ENGLISH.iter().chain(GERMAN).copied();
    let translated = TRANSLATIONS.iter().flat_map(|row| COLUMNS.into_iter().zip(*row));
    let words = untranslated.chain(translated).flat_map(|(label, words)| words.iter().map(move |word| (word, label)));
    words.map(|(word, label)| (word.to_lowercase(), label)).collect()
});

/// Longer than every label, in bytes.
const MAX_LABEL_BYTES: usize = 100;

/// What the text is the label of, in any language and case: browsers copy capitals where a style shows them.
pub(super) fn label(text: &str) -> Option<Label> {
    let text = text.trim_end_matches(is_colon_or_space).trim();
    if text.len() > MAX_LABEL_BYTES {
        return None;
    }
    LABELS.get(&text.to_lowercase().replace(['\u{2019}', '\u{2bc}'], "'")).copied()
}

/// Chinese and Japanese have a wide colon.
pub(super) fn is_colon(c: char) -> bool {
    matches!(c, ':' | '\u{ff1a}')
}

fn is_colon_or_space(c: char) -> bool {
    is_colon(c) || c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_translation_has_one_meaning() {
        let words = || TRANSLATIONS.iter().flat_map(|row| COLUMNS.into_iter().zip(*row));
        for (meant, words) in words().chain(ENGLISH.iter().chain(GERMAN).copied()) {
            for word in words {
                assert_eq!(label(word), Some(meant), "{word}");
                assert_eq!(label(&format!(" {}\u{ff1a} ", word.to_uppercase())), Some(meant), "{word}");
            }
        }
        assert_eq!(label("Total Users"), None);
    }
}
