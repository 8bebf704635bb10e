/**
 * Chromium knows nothing of an app's own scheme, so at the edge of the stand-in `hanare://ui/x` is
 * `http://ui.localhost:PORT/x`: names under .localhost are loopback and secure contexts, and two of them are two sites,
 * hence two processes, as two hosts of a standard scheme are in Electron.
 *
 * So that the product never notices, origins are exchanged wherever text crosses: served text (HTML, scripts, styles,
 * JSON), headers, and strings inside IPC values and port messages, in both directions. A script that writes
 * `'hanare://screen'` therefore holds the served origin in the page and can compare it with event.origin or pass it to
 * postMessage. What this cannot show: code that builds the scheme from pieces or tests for `location.protocol`, and
 * subresource integrity, because text is changed on the way.
 */
export type Origins = ReturnType<typeof createOrigins>;

const hostName = /^[a-z0-9-]+$/;

export function createOrigins(schemes: readonly string[], port: number) {
  const names = schemes.map((scheme) => scheme.toLowerCase());
  const outward = names.map((scheme) => ({ scheme, pattern: new RegExp(`\\b${scheme}://([a-z0-9-]+)`, 'g') }));
  // A scheme of its own in the host name keeps several schemes apart; the first one reads plainly.
  const suffix = (scheme: string) => (names.indexOf(scheme) === 0 ? '' : `.${scheme}`);
  const inward = names.map((scheme) => ({
    scheme,
    pattern: new RegExp(`\\bhttp://([a-z0-9-]+)${suffix(scheme).replace('.', '\\.')}\\.localhost:${port}\\b`, 'g'),
  }));

  const toPage = (text: string): string => {
    for (const { scheme, pattern } of outward)
      text = text.replace(pattern, (_, host: string) => `http://${host}${suffix(scheme)}.localhost:${port}`);
    return text;
  };
  const toApp = (text: string): string => {
    for (const { scheme, pattern } of inward) text = text.replace(pattern, (_, host: string) => `${scheme}://${host}`);
    return text;
  };
  return {
    toPage,
    toApp,
    /** @returns the app's origin for a Host header, or undefined when the name is not one of ours. */
    appOriginOfHost(hostHeader: string): string | undefined {
      const origin = toApp(`http://${hostHeader}`);
      return origin.startsWith('http:') ? undefined : origin;
    },
    /** Whether a URL of the browser belongs to one of the app's schemes. */
    isOurs: (url: string): boolean => toApp(url) !== url && !toApp(url).startsWith('http'),
    /** A policy may allow the bare scheme. */
    policyToPage: (policy: string): string =>
      names.reduce(
        (text, scheme) =>
          text.replace(new RegExp(`(^|[\\s;])${scheme}:(?=[\\s;]|$)`, 'g'), `$1http://*.localhost:${port}`),
        toPage(policy),
      ),
    isHostName: (name: string): boolean => hostName.test(name),
  };
}

/**
 * Adds to a Content-Security-Policy the one thing the stand-in itself loads in the page: the worker that carries ports.
 * That worker has a policy of its own, so the page's connect-src stays as the product wrote it.
 */
export function allowStandInWorker(policy: string, workerUrl: string): string {
  const directives = policy
    .split(';')
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '');
  const find = (name: string) => directives.find((directive) => directive.toLowerCase().split(/\s+/)[0] === name);
  // CSP Level 3 §6.8.3: worker-src falls back to child-src, script-src, default-src.
  const source = ['worker-src', 'child-src', 'script-src', 'default-src']
    .map(find)
    .find((found) => found !== undefined);
  if (source === undefined) return policy;
  const [name, ...values] = source.split(/\s+/);
  const allowed = values.filter((value) => value.toLowerCase() !== "'none'");
  const worker = ['worker-src', ...allowed, workerUrl].join(' ');
  const rest = directives
    .filter((directive) => !(name?.toLowerCase() === 'worker-src' && directive === source))
    .map((directive) => (/^trusted-types(\s|$)/i.test(directive) ? `${directive} electron-stand-in` : directive));
  return [...rest, worker].join('; ');
}
