// What the page exchanges with the service and with Zendesk. For the type checker alone.

interface License {
  id: string;
  created_at: string;
  ticket: { id: number; subject?: string | null; url?: string | null };
  agent: { username: string; zendesk_user_id: number };
  customer: { name?: string | null; email: string; company?: string | null };
  seats: number;
  expires_on: string;
  days_left: number;
  state: "delivering" | "late" | "delivered" | "failed";
  deliveries: Delivery[];
  replaced_by?: string | null;
}

interface Delivery {
  channel: "email" | "issue" | "slack";
  purpose: "first" | "resend" | "forward" | "follow_up";
  recipient?: string | null;
  state: "pending" | "sent" | "failed";
  attempts: number;
  uncertain: boolean;
  next_attempt_at?: string | null;
  sent_at?: string | null;
  last_error?: string | null;
  reference?: string | null;
}

interface LicenseRequest {
  ticket: { id: number; subject?: string };
  agent: { username: string };
  customer: { email: string; name?: string; company?: string };
  seats: number;
  evidence?: Evidence;
  override_reason?: string;
  confirm_duplicate?: boolean;
}

interface Evidence {
  plan?: string;
  trial?: boolean;
  expires_on?: string;
  seats?: number;
  billable_users?: number;
  maximum_users?: number;
  license_file?: string;
}

interface Eligibility {
  read: {
    plan?: string | null;
    trial?: boolean | null;
    expires_on?: string | null;
    seats?: number | null;
    company?: string | null;
    name?: string | null;
    email?: string | null;
  };
  verdict: string;
  reason: string;
  recommended_seats?: number | null;
}

interface Finding {
  kind: string;
  meaning: string;
  steps: string[];
  seats?: number | null;
  reply: string;
}

interface ProblemBody {
  title?: string;
  detail?: string;
  errors?: { field: string; detail: string }[];
  license?: License;
}

interface Ticket {
  id: number;
  subject: string;
  name: string;
  email: string;
  company: string;
  /** The requester's locale, in which a reply to them is written. */
  locale: string;
}

type CommentKind = "publicReply" | "internalNote";
type OnLicense = (license: License) => void;

/** What was typed, and the requests whose end is not known with their idempotency keys. */
interface Draft {
  username: string;
  seats: string;
  email: string | null;
  keys: [string, string][];
}

/** Any element of the page by its id: the modules know which of them are fields, folds and buttons. */
interface PageElement extends HTMLElement {
  value: string;
  checked: boolean;
  open: boolean;
  files: FileList | null;
  select(): void;
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
