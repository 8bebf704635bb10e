import * as v from 'valibot';
import type { RuleView } from '#contract/ipc/state.ts';
import { type Demand, type Rules, rulesSchema } from '#contract/policy/policy.ts';
import type { useText } from '../../app/text.ts';

export type Say = Pick<ReturnType<typeof useText>, 'text' | 'language'>;

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** More networks or classes than this are a list for IT, which has it. */
const mostLines = 6;

/** One rule's value, read as the contract has it; null when this version of the app knows no such value. */
export function readRule({ name, value }: Pick<RuleView, 'name' | 'value'>): Rules | null {
  const read = v.safeParse(rulesSchema, { [name]: value });
  return read.success && read.output[name] !== undefined ? read.output : null;
}

/** What a rule demands, in plain words, a line each. Hours are more than a line; see hours-table.tsx. */
export function sayValue(rule: Pick<RuleView, 'name' | 'value'>, say: Say): readonly string[] {
  const rules = readRule(rule);
  return rules === null ? [say.text('value.unreadable')] : linesOf(rule.name, rules as Required<Rules>, say);
}

function linesOf(name: RuleView['name'], rules: Required<Rules>, say: Say): readonly string[] {
  const { text } = say;
  switch (name) {
    case 'idleSeconds':
    case 'sessionSeconds':
    case 'warnSeconds':
    case 'postureSeconds':
      return [sayLength(rules[name]!, say)];
    case 'offlineDays':
      return [sayDays(rules[name]!, say)];
    case 'antivirusDays':
    case 'updateDays':
      return [text('value.within', { length: sayDays(rules[name]!, say) })];
    case 'pinMinimum':
      return [text('value.pin', { count: rules.pinMinimum! })];
    case 'minimumVersion':
      return [
        rules.minimumVersion === '0.0.0'
          ? text('value.anyVersion')
          : text('value.version', { version: rules.minimumVersion! }),
      ];
    case 'usb':
      return [text(`value.usb.${rules.usb!}`)];
    case 'capture':
      return [text(`value.capture.${rules.capture!}`)];
    case 'watermark':
      return [text(rules.watermark ? 'value.watermark.on' : 'value.watermark.off')];
    case 'audio':
      return [text(rules.audio ? 'value.audio.on' : 'value.audio.off')];
    case 'closedPath':
      return [text(`value.closedPath.${rules.closedPath!}`)];
    case 'usbBlock':
    case 'storageLock':
    case 'diskEncryption':
    case 'antivirus':
    case 'updates':
    case 'firewall':
    case 'screenLock':
    case 'timeSync':
      return [sayDemand(rules[name]!, say)];
    case 'hours':
      return rules.hours === null ? [text('hours.any')] : [];
    case 'networks':
      return rules.networks == null ? [text('value.anyNetwork')] : shortened(rules.networks, say);
    case 'refusedDeskClasses': {
      const classes = rules.refusedDeskClasses!;
      if (classes.length === 0) return [text('value.noClass')];
      return shortened(
        classes.map((name) => (name === 'my-number' ? text('value.class.my-number') : name)),
        say,
      );
    }
    default:
      return name satisfies never;
  }
}

function sayDemand({ action, graceDays }: Demand, say: Say): string {
  if (action !== 'refuse' || graceDays === 0) return say.text(`value.demand.${action}`);
  return say.text('value.demand.grace', { length: sayDays(graceDays, say) });
}

/** A length of time as it is said: `1時間30分`, `24時間`. */
export function sayLength(seconds: number, { text, language }: Say): string {
  const whole = Math.round(seconds);
  const parts = [
    ['length.hours', Math.floor(whole / hour)],
    ['length.minutes', Math.floor((whole % hour) / minute)],
    ['length.seconds', whole % minute],
  ] as const;
  const said = parts.filter(([, count]) => count > 0).map(([id, count]) => text(id, { count }));
  return said.length === 0 ? text('length.seconds', { count: 0 }) : said.join(language === 'ja' ? '' : ' ');
}

/** Days as they are said; less than one, which only trials have, by the clock. */
export function sayDays(days: number, say: Say): string {
  if (days > 0 && days < 1) return sayLength(days * day, say);
  return say.text('length.days', { count: Math.round(days * 10) / 10 });
}

function shortened(lines: readonly string[], { text }: Say): readonly string[] {
  if (lines.length <= mostLines) return lines;
  const shown = lines.slice(0, mostLines);
  return [...shown, text('value.more', { count: lines.length - shown.length })];
}
