/**
 * Debian's names of what each RDP server of the tests needs. A server whose software is missing is skipped loudly, so
 * none of them is a condition for the other suites.
 */
export const rdpServerPackages = {
  shadow: ['freerdp2-shadow-x11', 'xvfb', 'xterm'],
  xrdp: ['xrdp', 'xorgxrdp', 'xterm', 'openssl', 'util-linux', 'tigervnc-standalone-server'],
  /** The roots of newer suites: what they hold themselves is in `suitePackages`. */
  roots: ['mmdebstrap', 'debian-archive-keyring', 'zstd', 'util-linux', 'openssl', 'xvfb', 'xterm'],
  /** Only proves that the servers' sign-in works. */
  client: ['freerdp2-x11'],
} as const satisfies Record<string, readonly string[]>;

/** What is installed into the root of each newer suite. */
export const suitePackages = {
  trixie: ['freerdp3-shadow-x11'],
  sid: ['xrdp', 'xorgxrdp', 'xterm'],
} as const satisfies Record<string, readonly string[]>;

export type Suite = keyof typeof suitePackages;
