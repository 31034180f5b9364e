//! Slack's limits for blocks; one part beyond them makes the whole message invalid.

use serde_json::Value;

const MAX_BLOCKS: usize = 50;
const MAX_HEADER_CHARS: usize = 150;
const MAX_TEXT_CHARS: usize = 3000;
const MAX_FIELDS: usize = 10;
const MAX_FIELD_CHARS: usize = 2000;
const MAX_ELEMENTS: usize = 10;
const MAX_BUTTON_CHARS: usize = 75;
const MAX_URL_CHARS: usize = 3000;

/// `None` if one of the blocks is invalid.
pub(super) fn check(blocks: &[Value]) -> Option<()> {
    let all = blocks.len() <= MAX_BLOCKS && blocks.iter().all(|block| is_block(block).is_some());
    all.then_some(())
}

/// The same for attachments: each a colour and blocks.
pub(super) fn check_attachments(attachments: &[Value]) -> Option<()> {
    let is_fine = |one: &Value| {
        let blocks = one["blocks"].as_array()?;
        let colour = one["color"].as_str()?.strip_prefix('#')?;
        let is_colour = colour.len() == 6 && colour.bytes().all(|b| b.is_ascii_hexdigit());
        check(blocks).filter(|()| is_colour)
    };
    attachments.iter().all(|one| is_fine(one).is_some()).then_some(())
}

fn is_block(block: &Value) -> Option<()> {
    match block["type"].as_str()? {
        "header" => plain(&block["text"], MAX_HEADER_CHARS),
        "section" => section(block),
        "context" => elements(block).map(|each| each.iter().all(|one| text(one, MAX_TEXT_CHARS).is_some())),
        "actions" => elements(block).map(|each| each.iter().all(|one| button(one).is_some())),
        "divider" => Some(true),
        _ => None,
    }?
    .then_some(())
}

fn section(block: &Value) -> Option<bool> {
    let has_text = match &block["text"] {
        Value::Null => false,
        object => text(object, MAX_TEXT_CHARS).is_some(),
    };
    match &block["fields"] {
        Value::Null => Some(has_text),
        fields => {
            let fields = fields.as_array()?;
            let fit = fields.iter().all(|field| text(field, MAX_FIELD_CHARS).is_some());
            Some((block["text"].is_null() || has_text) && fit && (1..=MAX_FIELDS).contains(&fields.len()))
        }
    }
}

fn elements(block: &Value) -> Option<&Vec<Value>> {
    block["elements"].as_array().filter(|each| (1..=MAX_ELEMENTS).contains(&each.len()))
}

fn button(element: &Value) -> Option<()> {
    let url = element["url"].as_str().is_none_or(|url| url.len() <= MAX_URL_CHARS);
    let fits = element["type"] == "button" && plain(&element["text"], MAX_BUTTON_CHARS)? && url;
    fits.then_some(())
}

fn plain(object: &Value, max_chars: usize) -> Option<bool> {
    text(object, max_chars).map(|()| object["type"] == "plain_text")
}

fn text(object: &Value, max_chars: usize) -> Option<()> {
    let known = matches!(object["type"].as_str()?, "plain_text" | "mrkdwn");
    let length = object["text"].as_str()?.chars().count();
    (known && (1..=max_chars).contains(&length)).then_some(())
}
