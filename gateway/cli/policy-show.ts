import { type Command, Option } from 'commander';
import type { Language } from '#contract/errors/entry.ts';
import { defaultPolicy, type Policy, type Rules } from '#contract/policy/policy.ts';
import { isLooser, type RuleName, ruleNames, ruleOf } from '#contract/policy/rules.ts';
import type { Effective } from '../policy/policies.ts';
import { originText, valueText } from '../policy/words.ts';
import { CliError, type Context, localTime, show, table } from './outcome.ts';
import { addScopeOptions, type ScopeOptions, scopeOf, scopeText, withPolicies } from './policy-options.ts';

type Options = ScopeOptions & { lang: Language };

/** One rule as it is shown; without `origin` in a layer, where it is plain. */
type Shown = Readonly<{ name: RuleName; value: unknown; origin?: string; looser: boolean; title: string; why: string }>;

export function addPolicyShow(policy: Command, context: Context): void {
  addScopeOptions(
    policy
      .command('show')
      .description(
        'the rules in plain words, who has decided each, and why there is one: of a laptop, or (without an option) for ' +
          'everybody; with --site, --group or --user only what is decided there',
      )
      .addOption(new Option('--lang <language>', 'ja or en').choices(['ja', 'en']).default('en')),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  $ hanare-gateway policy show --device laptop-7 --lang ja\n  $ hanare-gateway policy show --group night-shift',
    )
    .action(({ lang, ...scope }: Options, command: Command) =>
      withPolicies(command, context, ({ store, policies, json }) => {
        const { device } = scope;
        if (device !== undefined) {
          const found = store.device(device);
          if (found === undefined) throw new CliError(`There is no device "${device}".`);
          const effective = policies.effective(device, found.user);
          const head = heads.device[lang](device, found.user, effective.policy.version);
          showEffective(context, { json, lang, head, more: { device, user: found.user }, effective });
          return;
        }
        if (Object.keys(scope).length === 0) {
          const effective = policies.general();
          const head = heads.general[lang](effective.policy.version);
          const layers = store.policyLayers().map(({ scope }) => scope);
          const besides = layers.filter((scope) => scope !== 'site');
          const after =
            besides.length === 0
              ? undefined
              : heads.besides[lang](besides.map((scope) => scopeText(scope, lang)).join(lang === 'ja' ? '、' : ', '));
          showEffective(context, { json, lang, head, more: { layers }, effective, after });
          return;
        }
        const of = scopeOf(scope);
        if (scope.user !== undefined && store.user(scope.user) === undefined) {
          throw new CliError(`There is no user "${scope.user}".`);
        }
        const layer = store.policyLayer(of);
        const rules = shownOf(policies.rulesOf(of) ?? {}, undefined, lang);
        const value = { scope: of, changed: layer?.changed ?? null, actor: layer?.actor ?? null, rules };
        const by = layer && heads.layer[lang](scopeText(of, lang), localTime(layer.changed), layer.actor);
        show(
          context,
          json,
          value,
          by ? `${by}\n\n${ruleTable(rules, lang)}` : heads.nothing[lang](scopeText(of, lang)),
        );
      }),
    );
}

function showEffective(
  context: Context,
  parts: Readonly<{
    json: boolean;
    lang: Language;
    head: string;
    more: object;
    effective: Effective;
    after?: string | undefined;
  }>,
): void {
  const { json, lang, head, more, effective, after } = parts;
  const { version, ...rules } = effective.policy;
  const shown = shownOf(rules, effective.origins, lang);
  const text = [head, '', ruleTable(shown, lang), ...(after === undefined ? [] : ['', after])].join('\n');
  show(context, json, { ...more, version, rules: shown }, text);
}

function shownOf(rules: Rules, origins: Effective['origins'] | undefined, lang: Language): Shown[] {
  return ruleNames
    .filter((name) => rules[name] !== undefined)
    .map((name) => {
      const { title, why } = ruleOf(name);
      const origin = origins === undefined ? {} : { origin: origins[name] ?? 'default' };
      const looser = looserThanDefault(name, rules);
      return { name, value: rules[name], ...origin, looser, title: title[lang], why: why[lang] };
    });
}

function looserThanDefault<N extends RuleName>(name: N, rules: Rules): boolean {
  return isLooser(name, rules[name] as Policy[N], defaultPolicy[name]);
}

function ruleTable(rules: readonly Shown[], lang: Language): string {
  const { rule, what, value, by, note, why } = columns[lang];
  const origins = rules.some(({ origin }) => origin !== undefined);
  const rows = rules.map((shown) => [
    ...[shown.name, shown.title, valueText(shown.name, shown.value, lang)],
    ...(shown.origin === undefined ? [] : [originText(shown.origin, lang)]),
    ...[shown.looser ? looserText[lang] : '-', shown.why],
  ]);
  return table([rule, what, value, ...(origins ? [by] : []), note, why], rows, '');
}

const columns = {
  ja: { rule: '規則', what: '内容', value: '値', by: '決めた人', note: '注記', why: '理由' },
  en: { rule: 'RULE', what: 'WHAT', value: 'VALUE', by: 'SET BY', note: 'NOTE', why: 'WHY' },
} as const;
const looserText = { ja: 'Hanareの既定より緩い', en: 'looser than Hanare’s default' } as const;
const heads = {
  device: {
    ja: (device: string, user: string, version: number) => `端末「${device}」（${user}）の規則、第${version}版`,
    en: (device: string, user: string, version: number) => `Rules for laptop "${device}" (${user}), version ${version}`,
  },
  general: {
    ja: (version: number) => `全員の規則、第${version}版`,
    en: (version: number) => `Rules for everybody, version ${version}`,
  },
  besides: {
    ja: (scopes: string) => `これとは別に決めてあるもの: ${scopes}`,
    en: (scopes: string) => `Decided otherwise for some: ${scopes}. See them with --device, --group or --user.`,
  },
  layer: {
    ja: (scope: string, at: string, by: string) => `${scope}: ${at}に${by}が決めた規則`,
    en: (scope: string, at: string, by: string) => `Decided for ${scope} at ${at} by ${by}`,
  },
  nothing: {
    ja: (scope: string) => `${scope}: 決めた規則はありません。`,
    en: (scope: string) => `Nothing is decided for ${scope}.`,
  },
} as const;
