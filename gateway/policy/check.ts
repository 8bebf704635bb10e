import { isIP } from 'node:net';
import * as v from 'valibot';
import { type Rules, rulesSchema } from '#contract/policy/policy.ts';
import { type RuleName, ruleNames } from '#contract/policy/rules.ts';

/** One thing that is wrong: where (`hours.week.mon.0`; empty for all of it), and a plain sentence. */
export type Problem = Readonly<{ path: string; message: string }>;
export type Judged = Readonly<{ rules: Rules } | { problems: readonly Problem[] }>;

/** @param text JSON of rules, as an administrator wrote it. */
export function readRulesText(text: string): Judged {
  try {
    return judgeRules(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { problems: [{ path: '', message: `It cannot be read as JSON: ${error.message}.` }] };
  }
}

export function judgeRules(value: unknown): Judged {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problems: [{ path: '', message: 'It must be an object with rules, like {"usb": "end"}.' }] };
  }
  const result = v.safeParse(rulesSchema, value);
  if (!result.success) return { problems: problemsOf(result.issues) };
  const problems = unreadableNetworks(result.output);
  return problems.length > 0 ? { problems } : { rules: result.output };
}

/**
 * Changes one rule. What a shell makes hard to type has a short form: `firewall=refuse:7` for an action with its days of
 * grace, `networks=10.1.0.0/16,192.0.2.0/24` for a list, and nothing after the sign for a rule that is decided here no more.
 * @param text `name=value`, the value as JSON or as the bare word.
 */
export function withRule(rules: Rules, text: string): Judged {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  if (!isRule(name)) return { problems: [{ path: name, message: notARule(name) }] };
  if (at < 0) return { problems: [{ path: name, message: `Give it as ${name}=value.` }] };
  const typed = text.slice(at + 1);
  if (typed === '') return { rules: Object.fromEntries(Object.entries(rules).filter(([key]) => key !== name)) };
  const readings = readingsOf(typed).map((value) => judgeRules({ [name]: value }));
  // Of several readings that are wrong, the first is what was most likely meant.
  const best = readings.find((judged) => 'rules' in judged) ?? readings[0]!;
  return 'rules' in best ? { rules: { ...rules, ...best.rules } } : best;
}

function readingsOf(typed: string): unknown[] {
  const demand = /^(ignore|warn|refuse)(?::(\d{1,4}))?$/.exec(typed);
  return [
    ...json(typed),
    typed,
    ...(demand === null ? [] : [{ action: demand[1], graceDays: Number(demand[2] ?? 0) }]),
    typed.split(',').map((part) => part.trim()),
  ];
}

function json(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

function isRule(name: string): name is RuleName {
  return (ruleNames as readonly string[]).includes(name);
}

function notARule(name: string): string {
  if (name === 'version') return 'The version grows by itself; leave it out.';
  const near = ruleNames.find((known) => known.toLowerCase() === name.toLowerCase());
  return `There is no such rule${near === undefined ? '' : `; "${near}" is meant`}.`;
}

/** The contract looks at their form only; the gateway lets nobody in from a network that it cannot read. */
function unreadableNetworks({ networks }: Rules): Problem[] {
  return (networks ?? []).flatMap((network, index) => {
    const [base = '', bits] = network.split('/');
    const family = isIP(base);
    if (family !== 0 && Number(bits) <= (family === 4 ? 32 : 128)) return [];
    return [{ path: `networks.${index}`, message: `There is no network "${network}".` }];
  });
}

type Issue = v.BaseIssue<unknown>;

function problemsOf(issues: readonly Issue[]): Problem[] {
  const found = issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', issue }));
  return (
    found
      // A window that is mistyped cannot be said to end before it begins.
      .filter(({ path, issue }) => issue.type !== 'check' || !found.some((other) => other.path.startsWith(`${path}.`)))
      .map(({ path, issue }) => ({ path, message: sentence(path, issue) }))
  );
}

const forms: Readonly<Record<string, string>> = {
  minimumVersion: 'a version like 1.2.3',
  networks: 'a network like 10.1.0.0/16',
  refusedDeskClasses: '1 to 32 small letters, digits or "-"',
  from: 'a time like 09:00',
  to: 'a time like 17:30',
};
const kinds: Readonly<Record<string, string>> = {
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  string: 'a text',
  array: 'a list',
  iso_date: 'a date like 2026-12-29',
};

function sentence(path: string, issue: Issue): string {
  const parts = path.split('.');
  const { type, received, expected } = issue;
  const requirement = String(issue.requirement);
  switch (type) {
    case 'strict_object':
      if (expected === 'never') return parts.length === 1 ? notARule(path) : 'This is not known here.';
      if (received === 'undefined') return 'This is missing.';
      return `It must be an object${parts.length === 1 && path !== 'hours' ? ', like {"action": "warn", "graceDays": 0}' : ''}; it is ${received}.`;
    case 'picklist':
      return `It must be one of ${(expected ?? '').replace(/[()"]/g, '').replaceAll(' | ', ', ')}; it is ${received}.`;
    case 'min_value':
      return `It must be at least ${requirement}; it is ${received}.`;
    case 'max_value':
      return `It must be at most ${requirement}; it is ${received}.`;
    case 'max_length':
      return `It may have at most ${requirement} entries; it has ${received}.`;
    case 'check':
      return 'It must end after it begins.';
    case 'regex':
      return `It must be ${forms[parts.at(-1)!] ?? forms[parts[0]!] ?? 'of another form'}; it is ${received}.`;
    default:
      return kinds[type] === undefined ? `${issue.message}.` : `It must be ${kinds[type]}; it is ${received}.`;
  }
}
