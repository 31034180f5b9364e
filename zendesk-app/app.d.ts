// What the pages exchange with Zendesk and among their modules. For the type checker alone; types.d.ts is generated from
// the API document.

type License = import("./types").License;
type LicensePage = import("./types").LicensePage;
type Delivery = import("./types").Delivery;
type Action = import("./types").Action;
type LicenseRequest = import("./types").GenerateLicense;
type Evidence = import("./types").Evidence;
type EvidenceAnswer = import("./types").EvidenceAnswer;
type Diagnosis = import("./types").Diagnosis;
type Finding = import("./types").Finding;
type Problem = Partial<import("./types").Problem>;

/** What an agent put into one form, and what was said about it. All by element id. */
interface Inputs {
	values: Record<string, string>;
	checks: Record<string, boolean>;
	/** Folds that are open. */
	open: Record<string, boolean>;
	/** What is wrong with a field. */
	problems: Record<string, string>;
	/** What a press came to. */
	messages: Record<string, string>;
	/** Buttons whose press is not answered yet. */
	busy: Record<string, boolean>;
	/** Idempotency keys of requests whose outcome is unknown, by a digest of the request. */
	keys: Record<string, string>;
}

interface Contact {
	name: string;
	email: string;
}

interface Ticket {
	id: number;
	subject: string;
	name: string;
	email: string;
	company: string;
	tags: string[];
	/** The requester's locale, in which a reply to them is written. */
	locale: string;
	/** The requester's other addresses and those in copy. */
	contacts: Contact[];
	requesterId: number;
	/** 0 if the ticket has none. */
	organizationId: number;
}

/** The ticket's organization as Zendesk showed it. */
interface Organization {
	id: number;
	/** In lower case; public mail providers are never among them. */
	domains: string[];
	/** As it goes to the service. */
	shown: import("./types").EvidenceOrganization;
}

type TakenFrom = import("./types").TakenFrom;

/** What the agent took over by a press, by element id. */
type Taken = Record<string, { value: string; from: TakenFrom }>;

type ZendeskFields = Record<string, string | number | boolean | null>;

interface ZendeskRecord {
	name?: string;
	domain_names?: string[];
	organization_fields?: ZendeskFields;
}

interface ZendeskComment {
	author_id: number;
	body?: string;
	plain_body?: string;
	attachments?: ZendeskAttachment[];
}

interface ZendeskAttachment {
	file_name?: string;
	content_type?: string;
	content_url?: string;
	deleted?: boolean;
}

/** What Zendesk's API answers at the paths that this app asks for. */
interface ZendeskAnswer {
	organization?: ZendeskRecord;
	comments?: ZendeskComment[];
	users?: { id: number; role?: string }[];
	user?: { user_fields?: ZendeskFields };
}

interface TicketState {
	/** Null until Zendesk has answered. */
	ticket: Ticket | null;
	reading: "pending" | "failed" | "done";
	inputs: Inputs;
	/** The agent enters the customer instead of taking the requester. */
	isCorrecting: boolean;
	/** The address for which another license is wanted beside the running one. */
	anotherFor: string | null;
	/** The unusual seat count that the agent was asked about. */
	askedSeats: string;
	/** Seats that were filled in by the page; what the agent typed is never overwritten. */
	filledSeats: string;
	eligibility: EvidenceAnswer | null;
	/** Why the evidence could not be checked. */
	eligibilityProblem: string;
	showsReason: boolean;
	licenses: License[];
	showsAllLicenses: boolean;
	lookupFailed: boolean;
	findings: Finding[];
	/** Null until it is read, and where the ticket has none. */
	organization: Organization | null;
	/** Why it could not be read: `slow`, or the status; empty otherwise. */
	organizationStatus: string;
	/** What the customer's newest comment with any says, by element id, and as `users` without another name. */
	numbers: Record<string, number>;
	/** The customer's texts and pictures. */
	attachments: ZendeskAttachment[];
	taken: Taken;
}

interface LicenseState {
	license: License;
	inputs: Inputs;
	/** When the connection that brings news was lost. */
	lostAt: number | null;
	/** The view may be behind. */
	isStale: boolean;
	isDownloaded: boolean;
	isUntagged: boolean;
}

interface PageState {
	view: "form" | "license";
	isSessionOver: boolean;
	ticket: TicketState;
	tickets: Record<number, TicketState>;
	license: LicenseState | null;
	licenses: Record<string, LicenseState>;
	/** Text for the agent to copy by hand. */
	copyText: string;
	/** Of the agent, in Zendesk. */
	agentEmail: string;
}

interface RequestOptions {
	method?: string;
	headers?: Record<string, string>;
	body?: string;
	signal?: AbortSignal;
}

/** A press under way: the inputs it belongs to, and how it reaches the service. */
interface Press {
	inputs: Inputs;
	submit(path: string, body: object): Promise<License>;
}

interface Button {
	id: string;
	/** The id of the element that shows what the press came to. */
	message: string;
	inputs(): Inputs | null;
	/** Resolves to a message for the agent. */
	press(press: Press): Promise<string | void>;
}

/** The parts of a page that differ between the sidebar and the full page. */
interface Page {
	/** Puts the parts together: there is a session. */
	ready(): void;
	/** Zendesk is met; `agent` resolves when the agent's language and colours are known. */
	joined(agent: Promise<void>): void | Promise<void>;
	/** Zendesk cannot be met. */
	unmet?(): void;
	sessionEnded?(): void;
}

type TextTree = string | { [name: string]: TextTree };
type Placeholders = Record<string, string | number | null | undefined>;
type Instant = string | number;

/** One language's texts, for a locale and a time zone. */
interface Translator {
	texts: TextTree;
	locale: string;
	timeZone?: string;
	has(name: string): boolean;
	/** The text under a dotted name, its {values} and {names.of.texts} filled in; `n` chooses singular or plural. */
	t(name: string, values?: Placeholders): string;
	/** A license's own date, which has no time zone. */
	day(date: string, daysBefore?: number): string;
	mediumDay(date: string): string;
	shortDay(date: string, daysBefore?: number): string;
	date(at: Instant): string;
	/** The time, with the date if it is not today's. */
	time(at: Instant): string;
}

interface ZendeskUser {
	id?: number;
	name?: string | null;
	email?: string | null;
	locale?: string;
	timeZone?: { ianaName?: string };
	identities?: { type?: string; value?: string }[];
}

/** What `get` answers for the paths that this app asks for. */
interface ZendeskValues {
	errors?: Record<string, Error>;
	"ticket.id"?: number | string;
	"ticket.subject"?: string;
	"ticket.requester"?: ZendeskUser | null;
	"ticket.organization"?: { id?: number; name?: string } | null;
	"ticket.collaborators"?: ZendeskUser[];
	"ticket.tags"?: string[];
	"comment.text"?: string;
	"comment.type"?: string;
	currentUser?: ZendeskUser;
	colorScheme?: string;
}

interface ZafClient {
	get(paths: string[]): Promise<ZendeskValues>;
	set(path: string, value: string): Promise<ZendeskValues>;
	invoke(action: string, ...args: unknown[]): Promise<ZendeskValues>;
	on(event: "colorScheme.changed", handler: (scheme: string) => void): void;
	on(event: "app.activated", handler: (data?: { firstLoad?: boolean }) => void): void;
	on(event: "ticket.requester.email.changed" | "ticket.organization.changed", handler: () => void): void;
	/** Rejects with an answer's status. */
	request(options: { url: string; type: "GET"; dataType: "json"; autoRetry: false }): Promise<ZendeskAnswer>;
}

interface Window {
	ZAFClient?: { init(): ZafClient | false };
}
