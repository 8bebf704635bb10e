import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** `npm run fuzz -- [--cases N] [--seed N]`: the malformed-input tests of the security suite, as long as wanted. */
const { values } = parseArgs({ options: { cases: { type: 'string', default: '1000000' }, seed: { type: 'string' } } });
const root = fileURLToPath(new URL('../../', import.meta.url));
const files = [
  'test/security/gateway/malformed.test.ts',
  'test/security/screen/screen.test.ts',
  'test/security/screen/rdp.test.ts',
];
const { status } = spawnSync(
  join(root, 'node_modules/.bin/vitest'),
  ['run', '--project', 'security', '--testTimeout=0', ...files],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
      HANARE_FUZZ_CASES: values.cases,
      ...(values.seed === undefined ? {} : { HANARE_FUZZ_SEED: values.seed }),
    },
  },
);
process.exitCode = status ?? 1;
