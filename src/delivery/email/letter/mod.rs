//! What the customer reads, once for text and HTML: a letter in the customer's language, and its two renderings.

mod de;
mod en;

use askama::Template;

use crate::license::{Delivery, Language, License, LicenseFile, Purpose, SingleLine, record::today};

/// The widest line of the text.
const TEXT_COLUMNS: usize = 72;
const RULE: &str = "------------------------------------------------------------";

/// What the letter tells.
pub(super) struct Facts<'a> {
    /// `None` where the license goes to somebody whose name is not known.
    name: Option<&'a str>,
    company: Option<&'a str>,
    days: i32,
    license: &'a License,
    purpose: Purpose,
    without_attachment: bool,
    file_name: String,
    emergency_contact: Option<&'a str>,
}

/// Texts mark what is bold with `**`.
struct Letter {
    language: Language,
    title: &'static str,
    drill: Option<&'static str>,
    greeting: String,
    headline: String,
    intro: Vec<String>,
    table: Vec<(&'static str, String)>,
    sections: Vec<Section>,
    key_title: &'static str,
    key_note: &'static str,
    signature: &'static str,
}

struct Section {
    title: &'static str,
    body: Body,
}

enum Body {
    Text(String),
    Steps(Vec<String>),
    List(Vec<String>),
    /// A text, and what to type.
    Code(String, String),
}

#[derive(Template)]
#[template(path = "email.html")]
struct Html<'a> {
    letter: &'a Letter,
    key: &'a str,
}

impl<'a> Facts<'a> {
    pub(super) fn new(
        license: &'a License,
        delivery: &Delivery,
        name: Option<&'a str>,
        emergency_contact: Option<&'a str>,
    ) -> Self {
        Self {
            name,
            company: license.customer.company.as_ref().map(SingleLine::as_str),
            days: license.terms.days_left(today(license.created_at)),
            license,
            purpose: delivery.purpose,
            without_attachment: delivery.without_attachment,
            file_name: license.file_name(),
            emergency_contact,
        }
    }

    /// The customer, if the license is forwarded to somebody else.
    fn asker(&self) -> Option<&str> {
        let customer = &self.license.customer;
        let name = || customer.name.as_ref().map_or(customer.email.as_str(), SingleLine::as_str);
        (self.purpose == Purpose::Forward).then(name)
    }

    /// Text and HTML.
    pub(super) fn render(&self, file: &LicenseFile) -> Result<(String, String), String> {
        let letter = match self.license.customer.language {
            Language::En => en::letter(self),
            Language::De => de::letter(self),
        };
        let key = file.expose().trim_end();
        let html = Html { letter: &letter, key }.render();
        Ok((letter.text(key), html.map_err(|error| format!("the mail cannot be rendered: {error}"))?))
    }
}

impl Letter {
    fn text(&self, key: &str) -> String {
        let mut blocks: Vec<String> = self.drill.iter().map(|drill| wrap(drill, "", "")).collect();
        blocks.push(self.greeting.clone());
        blocks.push(wrap(&format!("{}.", self.headline), "", ""));
        blocks.extend(self.intro.iter().map(|text| wrap(text, "", "")));
        let rows = self.table.iter().map(|(label, value)| wrap(value, &format!("  {label:<13} "), &" ".repeat(16)));
        blocks.push(rows.collect::<Vec<_>>().join("\n"));
        for Section { title, body } in &self.sections {
            blocks.push(title.to_uppercase());
            blocks.push(body.text());
        }
        blocks.push(self.key_title.to_uppercase());
        blocks.push(wrap(self.key_note, "", ""));
        blocks.extend([RULE, key, RULE, self.signature].map(ToOwned::to_owned));
        blocks.join("\n\n") + "\n"
    }
}

impl Body {
    fn text(&self) -> String {
        let list = |items: &[String], mark: &dyn Fn(usize) -> String| {
            let items = items.iter().enumerate().map(|(i, item)| wrap(item, &mark(i), &" ".repeat(mark(i).len())));
            items.collect::<Vec<_>>().join("\n")
        };
        match self {
            Self::Text(text) => wrap(text, "", ""),
            Self::Steps(items) => list(items, &|i| format!("{}. ", i + 1)),
            Self::List(items) => list(items, &|_| "- ".to_owned()),
            Self::Code(text, code) => format!("{}\n\n    {code}", wrap(text, "", "")),
        }
    }
}

fn wrap(text: &str, first: &str, rest: &str) -> String {
    let options = textwrap::Options::new(TEXT_COLUMNS)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(&text.replace("**", ""), options)
}

/// The parts of a text, and which are bold.
fn parts(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split("**").enumerate().map(|(i, part)| (i % 2 == 1, part)).filter(|(_, part)| !part.is_empty())
}
