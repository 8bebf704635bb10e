import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PostureVerdict } from '#contract/evidence/posture.ts';
import type { RuleView } from '#contract/ipc/state.ts';
import { ruleOf } from '#contract/policy/rules.ts';
import { sayFailure } from '../../app/failure.ts';
import { useText } from '../../app/text.ts';
import { needsCare } from './care.ts';
import { HoursTable } from './hours-table.tsx';
import { Mark } from './mark.tsx';
import { readRule, sayValue } from './rule-value.ts';

export type RuleItemProps = Readonly<{
  rule: RuleView;
  /** The office's word on it, where it has given one. */
  verdict: PostureVerdict | undefined;
}>;

/** One rule: what it demands, why, who has decided it, and whether it is set, was checked and is effective. */
export function RuleItem({ rule, verdict }: RuleItemProps) {
  const { text, language } = useText();
  const say = { text, language };
  const { title, why } = ruleOf(rule.name);
  const hours = rule.name === 'hours' ? (readRule(rule)?.hours ?? null) : null;
  return (
    <li className="rule" data-rule={rule.name}>
      <h3 className="rule__title" id={ruleId(rule.name)} tabIndex={-1}>
        {title[language]}
      </h3>
      <div className="rule__value">
        {sayValue(rule, say).map((line) => (
          <p key={line}>{line}</p>
        ))}
        {hours === null ? null : <HoursTable hours={hours} />}
      </div>
      <p className="rule__why">{why[language]}</p>
      {needsCare(rule) ? <Care rule={rule} verdict={verdict} /> : null}
      <dl className="rule__marks">
        <Fact name={text('rule.set')}>
          <Mark value={rule.set} />
        </Fact>
        <Fact name={text('rule.checked')}>
          <Checked rule={rule} />
        </Fact>
        <Fact name={text('rule.effective')}>
          {keptByGateway(rule) ? text('rule.keptByGateway') : <Mark value={rule.effective} />}
        </Fact>
        <Fact name={text('rule.by')}>{sayOrigin(rule.origin, say)}</Fact>
      </dl>
    </li>
  );
}

/** Where a rule stands on the page. */
export const ruleId = (name: RuleView['name']): string => `rule-${name}`;

/** What is wrong, what to do about it, and what it means for connecting. */
function Care({ rule, verdict }: RuleItemProps) {
  const { text, language, moment } = useText();
  if (rule.failure === null) return null;
  const said = sayFailure(rule.failure, language);
  return (
    <div className="rule__care">
      <TriangleAlert size={24} aria-hidden="true" />
      <div>
        <p className="rule__problem">{said.title}</p>
        <p>{said.user}</p>
        {verdict === undefined || verdict.level === 'ok' ? null : (
          <p>{text(`verdict.${verdict.level}`, { date: verdict.until === null ? '–' : moment(verdict.until) })}</p>
        )}
        <p className="rule__code">
          {text('ended.code')} {said.code}
        </p>
      </div>
    </div>
  );
}

function Checked({ rule }: Readonly<{ rule: RuleView }>) {
  const { text, moment } = useText();
  if (rule.checkedAt !== null) return moment(rule.checkedAt);
  if (keptByGateway(rule)) return text('rule.byGateway');
  return text(rule.effective === 'yes' ? 'rule.byApp' : 'rule.notChecked');
}

/** Nothing of it can be seen from a laptop: the gateway looks, and the gateway refuses. */
function keptByGateway({ name, set, checkedAt, effective }: RuleView): boolean {
  return ruleOf(name).enforcedBy === 'office' && set === 'yes' && checkedAt === null && effective === 'unknown';
}

const origins = ['default', 'file', 'site', 'user', 'device', 'kitting'] as const;

function sayOrigin(origin: string, { text }: Pick<ReturnType<typeof useText>, 'text'>): string {
  const known = origins.find((one) => one === origin);
  if (known !== undefined) return text(`origin.${known}`);
  return text('origin.group', { name: origin.replace(/^group:/, '') });
}

function Fact({ name, children }: Readonly<{ name: string; children: ReactNode }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
