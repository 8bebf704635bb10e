import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from '#test/fakes/children.ts';

export const hasXfreerdp = spawnSync('which', ['xfreerdp']).status === 0;

type Target = Readonly<{ port: number; user: string; password: string; security: 'nla' | 'tls' }>;

type RealClient = Readonly<{
  output(): string;
  /** Resolves when it has gone by itself, or 20 s later. */
  ended: Promise<void>;
  stop(): Promise<void>;
}>;

/** Debian's own client, with a home of its own so that it remembers no certificate. @param display it draws on */
export async function connectXfreerdp(
  target: Target,
  display: string,
  extra: readonly string[] = [],
): Promise<RealClient> {
  const home = await mkdtemp(join(tmpdir(), 'hanare-xfreerdp-'));
  const { port, user, password, security } = target;
  const child: Child = startChild(
    'xfreerdp',
    [
      ...[`/v:127.0.0.1:${port}`, `/u:${user}`, `/p:${password}`, `/sec:${security}`, '/cert:ignore'],
      ...['/w:640', '/h:480', '/timeout:10000', ...extra],
    ],
    { env: { DISPLAY: display, HOME: home, XDG_CONFIG_HOME: home } },
  );
  return {
    output: child.output,
    // No line matches this: the wait for one is over when the process is.
    ended: child.line(/[^\s\S]/, 20_000).then(
      () => {},
      () => {},
    ),
    stop: async () => {
      await child.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** @returns whether the server lets this user in, as xfreerdp sees it: it signs in and goes. */
export async function mayEnter(target: Target, display: string): Promise<boolean> {
  const client = await connectXfreerdp(target, display, ['+auth-only']);
  try {
    await client.ended;
    const said = client.output().match(/Authentication only, exit status (-?\d+)/);
    if (!said) throw new Error(`xfreerdp said nothing of the sign-in: ${client.output().slice(-500)}`);
    return said[1] === '0';
  } finally {
    await client.stop();
  }
}
