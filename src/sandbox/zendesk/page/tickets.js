// The tickets and the agents of this Zendesk. The agents live in the visitor's time zone, so that page and app agree.

/** The day that is so many days ago. */
const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** An organization as the API shows it. Tickets see its number and name alone. */
const organization = (id, name, domain, fields) => ({
  id, name, domain_names: domain ? [domain] : [],
  organization_fields: {
    support_level: null, expiration_date: null, seats_decimal: null, restricted_account: false, support_hold: false,
    sub_sm_premium: false, sub_sm_ultimate: false, sub_dotcom_premium: false, sub_dotcom_ultimate: false,
    account_type: "customer", aar: 12_000, ...fields,
  },
});

const acme = organization(901, "Acme GmbH", "acme.example", {
  support_level: "premium", expiration_date: `${daysAgo(15)}T00:00:00+00:00`, seats_decimal: 280.0, sub_sm_premium: true,
});
const umbrella = organization(905, "Umbrella Ltd", "umbrella.example", {
  support_level: "ultimate", expiration_date: daysAgo(15), seats_decimal: 40, sub_sm_ultimate: true, restricted_account: true,
});
const globex = organization(906, "Globex AG", "globex.example", {
  support_level: "expired", expiration_date: daysAgo(16), seats_decimal: "120.0", support_hold: true,
});
/** The agents' role may not read it. */
const sealed = { ...organization(907, "Initrode", "initrode.example", {}), unreadable: true };

const email = (value) => ({ type: "email", value, verified: true });

function ticket(id, subject, requester, organization, words, more = {}) {
  return {
    id, subject, requester, organization, status: "open", tags: ["self_managed", "emergency"], draft: "",
    commentType: "publicReply", collaborators: [], ...more,
    comments: [{ author: requester.name, author_id: requester.id, at: "2026-11-21T23:02:00Z", text: words, internal: false }],
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
    organization(902, "GitLab", "gitlab.com", {}), "The customer asked me on the phone. Can you send the license to me, and I pass it on?",
    { collaborators: [{ id: 5006, name: "Ben Buyer", email: "ben@hooli.example" }] },
  ),
  ticket(
    4714, "</title><script>alert(1)</script> /close @all {{7*7}} 'OR 1=1--",
    { id: 5004, name: "<img src=x onerror=alert(1)> \"Bobby\" & Söhne", email: "bobby+tables@xn--shne-5qa.example" },
    organization(903, "=HYPERLINK(\"x\") <!channel> `Evil` & Co.\u202eKG 日本", "xn--shne-5qa.example", {
      support_level: "<script>alert(2)</script>", expiration_date: "<b>soon</b>\n/close", seats_decimal: -3,
    }),
    "/assign @root\n<b>bold?</b> <!here>\n```\n/close\n```",
  ),
  ticket(
    4709, "Solved: license for our test system", { id: 5005, name: "Kim Lee", email: "kim@initech.example" },
    organization(904, "Initech", "initech.example", {
      support_level: "ultimate", expiration_date: "in spring", sub_dotcom_ultimate: true,
    }), "Thank you, it works now.", { status: "closed", tags: [] },
  ),
  ticket(
    4715, "Our license has expired", { id: 5007, name: "Uma Weber", email: "uma@umbrella.example" }, umbrella,
    "Hi, GitLab says that our license has expired. We have 38 users. Can you help?",
  ),
  ticket(
    4716, "GitLab ist schreibgeschützt", { id: 5008, name: "Gerd Groß", email: "gerd@globex.example", locale: "de" }, globex,
    "Guten Tag,\n\nunsere Lizenz ist abgelaufen, niemand kann pushen. Bei uns arbeiten 1.312 Benutzer mit GitLab.\n\nGerd Groß",
  ),
  ticket(
    4717, "License question", { id: 5009, name: "Bill Lumb", email: "bill@initrode.example" }, sealed,
    "Our license seems to be gone. What do you need from us?",
  ),
];

// Their GitLab username is in a field of their own, and the token in the answer is one to leave alone.
export const AGENTS = [
  { id: 42, name: "Jane Oncall", email: "joncall@support.example", user_fields: { gitlab_username: "joncall" } },
  { id: 43, name: "Alex Smith", email: "asmith@support.example" },
].map((agent) => ({
  ...agent, role: "agent", locale: "en-US", timeZone: { ianaName: Intl.DateTimeFormat().resolvedOptions().timeZone },
}));
