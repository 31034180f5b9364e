// What the pages exchange with Zendesk and among their modules. For the type checker alone; types.d.ts is generated from
// the API document.

type License = import("./types").License;
type Delivery = import("./types").Delivery;
type LicenseRequest = import("./types").GenerateLicense;
type Evidence = import("./types").Evidence;
type Eligibility = import("./types").Eligibility;
type Finding = import("./types").Finding;
type ProblemBody = Partial<import("./types").Problem>;

interface Ticket {
  id: number;
  subject: string;
  name: string;
  email: string;
  company: string;
  /** The requester's locale, in which a reply to them is written. */
  locale: string;
}

type OnLicense = (license: License) => void;

// api.js
type Call = (path: string, options?: { method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal }) => Promise<Response>;
type Get = (path: string, signal?: AbortSignal) => Promise<any>;
type Post = (path: string, body: object, headers?: Record<string, string>) => Promise<any>;
/** Calls `onChange` with each state of a license until its deliveries have ended. */
type Follow = (id: string, onChange: OnLicense, signal: AbortSignal) => Promise<void>;
/** Posts under an idempotency key until the service answers. */
type Insist = (path: string, body: object) => Promise<any>;
/** What a press does, and what there is to say of it. */
type OnPress = (id: string, deed: (insist: Insist) => Promise<string | void>) => void;

// dom.js
type Content = Node | string;
type Make = (tag: string, className: string, ...children: Content[]) => HTMLElement;
type MakeButton = (className: string, onclick: () => void, ...children: Content[]) => HTMLElement;
type Mark = (id: string, text: string) => void;
/** Says whether the field is right. */
type Demand = (id: string, isRight: unknown, text: string) => boolean;

/** The parts of a page that differ between the sidebar and the full page. */
interface Page {
  /** Puts the parts together: there is a session. */
  ready(): void;
  /** Zendesk is met; `agent` ends when the agent's language and colours are known. */
  joined(agent: Promise<void>): unknown;
  /** Zendesk cannot be met. */
  unmet?(): void;
  /** The session has ended. */
  ended?(): void;
}

/** Who the license goes to, and what they got before (customer.js). */
interface Customer {
  /** Takes the domains that no license goes to, separated by commas. */
  begin(refusedDomains: string): void;
  /** The ticket is being read, or could not be read. */
  showNone(isLoading: boolean): void;
  showTicket(): void;
  /** Opens the field with `email` in it; with null, goes back to the ticket's address. */
  correct(email: string | null): void;
  /** The address that the agent typed in place of the ticket's. */
  corrected(): string | null;
  /** The address, wherever it comes from. */
  address(): string;
  /** Shows what is wrong with the address, and says whether nothing is. */
  isRight(problem?: string): boolean;
  /** Looks up what was generated for this ticket and this address. */
  lookUp(): Promise<void>;
  /** Takes in a running license that the page did not know of. */
  add(license: License): void;
  /** This customer's license that still runs. */
  running(): License | undefined;
  /** Asks for the confirmation of a duplicate, and says whether none is wanting. */
  isConfirmed(): boolean;
}

type Moment = string | number;

/** One language's words, for a locale and a time zone (words.js). */
interface Words {
  texts: unknown;
  locale: string;
  timeZone?: string;
  /** The text under a dotted name, its {values} and {names.of.texts} filled in; `n` chooses singular or plural. */
  t(name: string, values?: Record<string, any>): string;
  /** A license's own date, which has no time zone. */
  day(date: string, daysBefore?: number): string;
  /** A moment's date. */
  date(at: Moment): string;
  /** A moment's time, with the date where it is not today's. */
  time(at: Moment): string;
}

/** Takes a language, and for its dates a time zone. */
type Locally<T> = (locale: string, timeZone?: string) => Promise<T>;

/** Any element of the page by its id: the modules know which of them are fields, folds and buttons. */
interface PageElement extends HTMLElement {
  value: string;
  checked: boolean;
  open: boolean;
  files: FileList | null;
  elements: HTMLCollectionOf<HTMLInputElement>;
  select(): void;
  reset(): void;
}

interface ZafClient {
  get(paths: string[]): Promise<Record<string, any>>;
  set(path: string, value: unknown): Promise<Record<string, any>>;
  invoke(action: string, ...args: unknown[]): Promise<Record<string, any>>;
  on(event: string, handler: (message?: any) => void): void;
}

interface Window {
  ZAFClient?: { init(): ZafClient | false };
}
