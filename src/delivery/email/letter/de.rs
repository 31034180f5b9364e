//! The letter in German.

use jiff::civil::Date;

use super::{Body, Facts, Letter, Section, en::console};
use crate::license::{Language, Purpose};

const WEEKDAYS: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

pub(super) fn letter(facts: &Facts<'_>) -> Letter {
    let Facts { license, days, .. } = facts;
    let (terms, seats) = (license.terms, license.seats);
    let mut intro = Vec::new();
    if let Some(asker) = facts.asker() {
        intro.push(format!("{asker} hat den GitLab-Support gebeten, sie Ihnen zu schicken."));
    }
    if facts.purpose == Purpose::Resend {
        intro.push("Es ist dieselbe Lizenz, die wir Ihnen schon geschickt haben.".to_owned());
    }
    if facts.without_attachment {
        intro.push("Diese E-Mail hat keinen Anhang: Die Lizenz ist der Schlüssel an ihrem Ende.".to_owned());
    }
    if license.replaces.is_some() {
        let text = "Sie **ersetzt** die vorläufige Lizenz, die wir Ihnen zuvor geschickt haben: Bitte fügen Sie diese \
                    hinzu und verwenden Sie die frühere nicht mehr.";
        intro.push(text.to_owned());
    }
    Letter {
        language: Language::De,
        title: "Ihre vorläufige GitLab-Lizenz",
        drill: license.drill.then_some("Dies ist eine Übung. Kein Kunde ist betroffen, und es ist nichts zu tun."),
        greeting: facts.name.map_or_else(|| "Guten Tag,".to_owned(), |name| format!("Guten Tag {name},")),
        headline: match facts.company {
            Some(company) => format!("Hier ist Ihre vorläufige GitLab-Lizenz für {company}"),
            None => "Hier ist Ihre vorläufige GitLab-Lizenz".to_owned(),
        },
        intro,
        table: vec![
            ("Lizenz", format!("**GitLab Ultimate**, eine Testlizenz für {days} Tage für GitLab Self-Managed")),
            ("Benutzer", format!("**{seats}**")),
            (
                "Letzter Tag",
                format!(
                    "**{}**. Die Lizenz endet um 00:00 Uhr am {}, nach der Uhr Ihres GitLab-Servers.",
                    day(terms.last_day()),
                    terms.expires_on
                ),
            ),
        ],
        sections: sections(facts),
        key_title: "Der Lizenzschlüssel",
        key_note: if facts.without_attachment {
            "Kopieren Sie all das, vom ersten bis zum letzten Zeichen. Zeilenumbrüche und Leerzeichen schaden nicht. Bitte \
             behandeln Sie es wie ein Passwort."
        } else {
            "Wenn der Anhang nicht angekommen ist, kopieren Sie all das. Bitte behandeln Sie es wie ein Passwort."
        },
        signature: "GitLab-Support",
    }
}

fn sections(facts: &Facts<'_>) -> Vec<Section> {
    let Facts { license, file_name, .. } = facts;
    let (ticket, seats) = (license.ticket.id, license.seats);
    let (choose, save) = if facts.without_attachment {
        (
            "Wählen Sie **Enter license key** und fügen Sie den ganzen Schlüssel vom Ende dieser E-Mail ein."
                .to_owned(),
            format!("Speichern Sie den Schlüssel vom Ende dieser E-Mail auf dem Server als /tmp/{file_name}"),
        )
    } else {
        (
            format!(
                "Wählen Sie die angehängte Datei **{file_name}**, oder wählen Sie **Enter license key** und fügen Sie den \
                 Schlüssel vom Ende dieser E-Mail ein."
            ),
            format!("Kopieren Sie {file_name} nach /tmp auf dem Server"),
        )
    };
    let mut refused = format!(
        "Antworten Sie auf diese E-Mail mit dem **genauen Wortlaut der Meldung**. Ihre Antwort erreicht uns in Ticket \
         #{ticket}, und wir kümmern uns darum."
    );
    if let Some(contact) = facts.emergency_contact {
        refused.push_str(&format!(" Wenn Sie nicht auf eine Antwort warten können: {contact}"));
    }
    vec![
        Section {
            title: "So fügen Sie sie hinzu",
            body: Body::Steps(vec![
                "Melden Sie sich in GitLab als Administrator an.".into(),
                "Öffnen Sie **Admin > Settings > General** und dort **Add License**. In GitLab 13.12 bis 14.10: Admin > \
                 Subscription > Upload a license file. In älteren Versionen: Admin > License > Upload New License."
                    .into(),
                choose,
                "Stimmen Sie den Bedingungen zu und fügen Sie die Lizenz hinzu.".into(),
            ]),
        },
        Section {
            title: "So sehen Sie, dass es geklappt hat",
            body: Body::Text(format!(
                "Admin > Subscription (in älteren Versionen: Admin > License) zeigt den Tarif **Ultimate** und **{seats}** \
                 Benutzer, und Pushes gehen wieder durch."
            )),
        },
        Section {
            title: "Wenn sich die Seite nicht öffnet",
            body: Body::Code(
                format!(
                    "{save} und führen Sie dort diesen Befehl aus. Er gibt true aus, sobald die Lizenz hinzugefügt ist."
                ),
                console(file_name),
            ),
        },
        Section { title: "Wenn GitLab sie ablehnt", body: Body::Text(refused) },
        Section {
            title: "Was Sie von einer Testlizenz erwarten können",
            body: Body::List(vec![
                "Es gibt keine Nachfrist. Wenn sie endet, enden alle Funktionen von Premium und Ultimate, und GitLab läuft \
                 als GitLab Free weiter. Sie können weiterhin schreiben, und Ihre Daten sind sicher."
                    .into(),
                "**Wenn sich Ihre Benutzer über mehrere LDAP-Server anmelden**, lassen Sie vor dem Ende nur einen davon in \
                 GitLabs Einstellungen: Ohne Lizenz öffnen sich GitLabs Seiten mit mehreren nicht."
                    .into(),
                "Add-ons wie GitLab Duo gehören nicht dazu.".into(),
                "Solange sie läuft, meldet GitLab nicht, wenn Sie mehr Benutzer als Plätze haben, und ein Projekt kann nur \
                 ein aktives Zugriffstoken haben."
                    .into(),
                "Sie ersetzt Ihr Abonnement nicht und verlängert sich nicht von selbst.".into(),
            ]),
        },
        Section {
            title: "Nachdem Sie verlängert haben",
            body: Body::Text(
                "Ihr verlängertes Abonnement kommt nicht von selbst auf Ihren Server: Geben Sie den neuen \
                 Aktivierungscode **von Hand** ein, oder fügen Sie die neue Lizenzdatei hinzu."
                    .into(),
            ),
        },
    ]
}

/// `Sonntag, 6. Dezember 2026`
fn day(date: Date) -> String {
    let name =
        |names: &[&'static str], number: i8| usize::try_from(number - 1).ok().and_then(|i| names.get(i).copied());
    let weekday = name(&WEEKDAYS, date.weekday().to_monday_one_offset()).unwrap_or_default();
    let month = name(&MONTHS, date.month()).unwrap_or_default();
    format!("{weekday}, {}. {month} {}", date.day(), date.year())
}
