//! A message as Slack's incoming webhooks take it (Block Kit).

use serde::Serialize;

/// `text` is for notifications, and for readers without blocks.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    pub(super) text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) blocks: Vec<Block>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    Header {
        text: Text,
    },
    Section {
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<Text>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        fields: Vec<Text>,
    },
    Context {
        elements: Vec<Text>,
    },
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Text {
    PlainText {
        text: String,
        /// Whether `:x:` is shown as an emoji.
        emoji: bool,
    },
    Mrkdwn {
        text: String,
        /// Slack makes no links, channels or mentions of its own out of a verbatim text.
        verbatim: bool,
    },
}

impl Block {
    pub(super) fn header(text: String) -> Self {
        Self::Header { text: Text::PlainText { text, emoji: true } }
    }

    pub(super) fn section(text: String) -> Self {
        Self::Section { text: Some(Text::markdown(text)), fields: Vec::new() }
    }

    pub(super) fn fields(fields: impl IntoIterator<Item = String>) -> Self {
        Self::Section { text: None, fields: fields.into_iter().map(Text::markdown).collect() }
    }

    pub(super) fn context(text: String) -> Self {
        Self::Context { elements: vec![Text::markdown(text)] }
    }
}

impl Text {
    fn markdown(text: String) -> Self {
        Self::Mrkdwn { text, verbatim: true }
    }
}
