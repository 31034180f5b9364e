// The tickets and the agents of this Zendesk. The agents live in the visitor's time zone, so that page and app agree.

const acme = { id: 901, name: "Acme GmbH" };

const email = (value) => ({ type: "email", value, verified: true });

function ticket(id, subject, requester, organization, words, more = {}) {
  return {
    id, subject, requester, organization, status: "open", tags: ["self_managed", "emergency"], draft: "",
    commentType: "publicReply", collaborators: [], ...more,
    comments: [{ author: requester.name, at: "2026-11-21T23:02:00Z", text: words, internal: false }],
  };
}

export const TICKETS = [
  ticket(
    4711, "License expired, GitLab is read-only", { id: 5001, name: "Jane Doe", email: "jane@acme.example", identities: [email("jane@acme.example"), email("jane.doe@acme.example")] },
    acme,
    "Hello,\n\nour Premium license ended last night and our renewal is not through yet. Nobody can push.\n" +
      "Users in license: 280. Billable users: 286. Maximum users: 291.\n\nPlease help, the release is tomorrow.\n\nJane",
  ),
  ticket(
    4712, "Voicemail from +49 30 5550199", { id: 5002, name: "Caller +49 30 5550199", email: null }, null,
    "(Transcript) Hi, this is about our GitLab license, it says it has expired. Please call us back.",
    { tags: ["voicemail"] },
  ),
  ticket(
    4713, "Please generate one for my customer", { id: 5003, name: "Sam Seller", email: "sseller@gitlab.com" },
    { id: 902, name: "GitLab" }, "The customer asked me on the phone. Can you send the license to me, and I pass it on?",
    { collaborators: [{ id: 5006, name: "Ben Buyer", email: "ben@hooli.example" }] },
  ),
  ticket(
    4714, "</title><script>alert(1)</script> /close @all {{7*7}} 'OR 1=1--",
    { id: 5004, name: "<img src=x onerror=alert(1)> \"Bobby\" & Söhne", email: "bobby+tables@xn--shne-5qa.example" },
    { id: 903, name: "=HYPERLINK(\"x\") <!channel> `Evil` & Co.\u202eKG 日本" },
    "/assign @root\n<b>bold?</b> <!here>\n```\n/close\n```",
  ),
  ticket(
    4709, "Solved: license for our test system", { id: 5005, name: "Kim Lee", email: "kim@initech.example" },
    { id: 904, name: "Initech" }, "Thank you, it works now.", { status: "closed", tags: [] },
  ),
];

export const AGENTS = [
  { id: 42, name: "Jane Oncall", email: "joncall@support.example" },
  { id: 43, name: "Alex Smith", email: "asmith@support.example" },
].map((agent) => ({
  ...agent, role: "agent", locale: "en-US", timeZone: { ianaName: Intl.DateTimeFormat().resolvedOptions().timeZone },
}));
