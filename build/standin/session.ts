import { createEvent, Loud, LoudEmitter, missing, standInName } from './loud.ts';

type Scheme = { scheme: string; privileges?: { standard?: boolean; secure?: boolean } };
type ProtocolHandler = (request: Request) => Response | Promise<Response>;
type BeforeRequest = (
  details: RequestDetails,
  callback: (answer: { cancel?: boolean; redirectURL?: string }) => void,
) => void;
type HeadersReceived = (
  details: RequestDetails & { responseHeaders: Record<string, string[]>; statusCode: number; statusLine: string },
  callback: (answer: { cancel?: boolean; responseHeaders?: Record<string, string | string[]> }) => void,
) => void;
type RequestDetails = { id: number; url: string; method: string; resourceType: string; timestamp: number };
type PermissionCheck = (contents: unknown, permission: string, origin: string, details: object) => boolean;

export const schemes: string[] = [];
let schemesClosed = false;
/** Electron takes privileged schemes before it is ready only. */
export function closeSchemes(): void {
  schemesClosed = true;
}

class Protocol extends Loud {
  override get [standInName]() {
    return 'protocol';
  }
  readonly handlers = new Map<string, ProtocolHandler>();

  registerSchemesAsPrivileged(list: readonly Scheme[]): void {
    if (schemesClosed) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme, privileges } of list) {
      if (!privileges?.standard || !privileges.secure)
        throw new Error(`the Electron stand-in serves standard, secure schemes only, unlike ${scheme}`);
      schemes.push(scheme);
    }
  }
  handle(scheme: string, handler: ProtocolHandler): void {
    if (!schemes.includes(scheme)) throw missing(`protocol handler for ${scheme}: register it as privileged first`);
    if (this.handlers.has(scheme)) throw new Error(`The scheme has been intercepted: ${scheme}`);
    this.handlers.set(scheme, handler);
  }
  unhandle(scheme: string): void {
    this.handlers.delete(scheme);
  }
  isProtocolHandled(scheme: string): boolean {
    return this.handlers.has(scheme);
  }
}

class WebRequest extends Loud {
  override get [standInName]() {
    return 'webRequest';
  }
  beforeRequest: { matches(url: string): boolean; listener: BeforeRequest } | undefined;
  headersReceived: { matches(url: string): boolean; listener: HeadersReceived } | undefined;

  onBeforeRequest(...args: unknown[]): void {
    this.beforeRequest = parseListener<BeforeRequest>(args);
  }
  onHeadersReceived(...args: unknown[]): void {
    this.headersReceived = parseListener<HeadersReceived>(args);
  }
}

function parseListener<T>(args: unknown[]): { matches(url: string): boolean; listener: T } | undefined {
  const filter = args.length > 1 ? (args[0] as { urls: string[] }) : undefined;
  const listener = args.at(-1) as T | null;
  if (listener === null) return undefined;
  const patterns = filter?.urls.map(toPattern);
  return { matches: (url) => !patterns || patterns.some((pattern) => pattern.test(url)), listener };
}

/** Chromium's match patterns: `<all_urls>`, or `scheme://host/path` with stars. */
function toPattern(pattern: string): RegExp {
  if (pattern === '<all_urls>') return /^/;
  return new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
}

let lastRequest = 0;

/**
 * A session's rules. The pages of one run share one Chromium profile, made anew for each run, so all windows must use
 * the same session; a second one throws where a window asks for it.
 */
export class Session extends LoudEmitter {
  override get [standInName]() {
    return 'session';
  }
  readonly protocol = new Protocol();
  readonly webRequest = new WebRequest();
  readonly partition: string;
  permissionCheck: PermissionCheck | null = null;
  hasPermissionRequestHandler = false;
  /** Called when the rules about permissions changed. */
  onPermissions: () => void = () => {};

  constructor(partition: string) {
    super([
      ...['will-download', 'preconnect', 'spellcheck-dictionary-initialized'],
      ...['select-usb-device', 'select-hid-device', 'select-serial-port'],
    ]);
    this.partition = partition;
  }

  /**
   * The handler itself is never asked: Chromium's prompt cannot be answered by a program, so with a handler set every
   * permission is denied unless the check handler allows it.
   */
  setPermissionRequestHandler(handler: unknown): void {
    this.hasPermissionRequestHandler = handler !== null;
    this.onPermissions();
  }
  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.permissionCheck = handler;
    this.onPermissions();
  }
  setDevicePermissionHandler(): void {
    // Chromium's own chooser stays in charge, and nobody can click in it headless: no device is ever given.
  }
  setUSBProtectedClassesHandler(): void {
    // As with devices: none is ever given.
  }
  setDisplayMediaRequestHandler(): void {
    // Never asked: without a check that allows `display-capture`, Chromium itself refuses (permissions.ts).
  }
  setCertificateVerifyProc(): void {
    // The pages are served without TLS and reach no other server, so it is never asked.
  }
  setSpellCheckerEnabled(enabled: boolean): void {
    if (enabled) throw missing('spell checker');
  }
  isSpellCheckerEnabled(): boolean {
    return false;
  }
  setSpellCheckerLanguages(): void {}
  isPersistent(): boolean {
    return false;
  }
  /** The little that Chromium keeps of these goes with its profile, when the app ends. */
  async clearCodeCaches(): Promise<void> {}
  async clearSharedDictionaryCache(): Promise<void> {}
  async clearAuthCache(): Promise<void> {}
  async clearHostResolverCache(): Promise<void> {}
  async clearStorageData(): Promise<void> {}
  async clearCache(): Promise<void> {}

  /** Whether a permission is given to a page. @param origin the app's own origin. */
  allows(contents: unknown, permission: string, origin: string): boolean {
    if (this.permissionCheck)
      return this.permissionCheck(contents, permission, `${origin}/`, {
        requestingUrl: `${origin}/`,
        isMainFrame: true,
      });
    return !this.hasPermissionRequestHandler;
  }

  /** webRequest.onBeforeRequest. @returns false when the request must not be made. */
  async mayRequest(url: string, method: string, resourceType: string): Promise<boolean> {
    const rule = this.webRequest.beforeRequest;
    if (!rule?.matches(url)) return true;
    const details = { id: ++lastRequest, url, method, resourceType, timestamp: Date.now() };
    const answer = await new Promise<{ cancel?: boolean; redirectURL?: string }>((resolve) =>
      rule.listener(details, resolve),
    );
    if (answer.redirectURL) throw missing('webRequest redirectURL');
    return !answer.cancel;
  }

  /** Answers a request for the app's scheme as Electron would: rules, handler, rules. */
  async answer(request: Request): Promise<Response> {
    const kind = request.headers.get('sec-fetch-dest') ?? '';
    const resourceType = { document: 'mainFrame', iframe: 'subFrame', style: 'stylesheet' }[kind] ?? (kind || 'other');
    if (!(await this.mayRequest(request.url, request.method, resourceType))) return Response.error();
    const handler = this.protocol.handlers.get(new URL(request.url).protocol.slice(0, -1));
    if (!handler) return Response.error();
    return this.#receive(await handler(request), request, resourceType);
  }

  async #receive(response: Response, request: Request, resourceType: string): Promise<Response> {
    const rule = this.webRequest.headersReceived;
    if (!rule?.matches(request.url)) return response;
    const responseHeaders: Record<string, string[]> = {};
    for (const [name, value] of response.headers) responseHeaders[name] = [...(responseHeaders[name] ?? []), value];
    const { url, method } = request;
    const { status: statusCode, statusText } = response;
    const statusLine = `HTTP/1.1 ${statusCode} ${statusText}`;
    const details = { id: ++lastRequest, url, method, resourceType, timestamp: Date.now() };
    const answer = await new Promise<Parameters<Parameters<HeadersReceived>[1]>[0]>((resolve) =>
      rule.listener({ ...details, responseHeaders, statusCode, statusLine }, resolve),
    );
    if (answer.cancel) return Response.error();
    if (!answer.responseHeaders) return response;
    const headers = new Headers();
    for (const [name, values] of Object.entries(answer.responseHeaders))
      for (const value of [values].flat()) headers.append(name, value);
    return new Response(response.body, { status: statusCode, statusText, headers });
  }

  /** Downloads are always refused; the event shows whether the app would have refused it too. */
  refuseDownload(url: string, filename: string, contents: unknown): void {
    let cancelled = false;
    const item = new DownloadItem(url, filename, () => {
      cancelled = true;
    });
    const event = createEvent();
    this.emit('will-download', event, item, contents);
    if (!cancelled && !event.defaultPrevented)
      console.error(`the Electron stand-in refuses every download; the app allowed ${url}`);
  }
}

class DownloadItem extends LoudEmitter {
  override get [standInName]() {
    return 'DownloadItem';
  }
  readonly #url: string;
  readonly #filename: string;
  readonly cancel: () => void;

  constructor(url: string, filename: string, cancel: () => void) {
    super(['updated', 'done']);
    this.#url = url;
    this.#filename = filename;
    this.cancel = cancel;
  }
  getURL(): string {
    return this.#url;
  }
  getFilename(): string {
    return this.#filename;
  }
}

const partitions = new Map<string, Session>();

function fromPartition(partition: string): Session {
  const known = partitions.get(partition);
  if (known) return known;
  const created = new Session(partition);
  partitions.set(partition, created);
  return created;
}

class Sessions extends Loud {
  override get [standInName]() {
    return 'session';
  }
  readonly defaultSession = fromPartition('');
  /** The cache that the options speak of is the throw-away profile's, with them and without. */
  fromPartition(partition: string, _options?: { cache?: boolean }): Session {
    return fromPartition(partition);
  }
}

export const session = new Sessions();
export const protocol = session.defaultSession.protocol;
