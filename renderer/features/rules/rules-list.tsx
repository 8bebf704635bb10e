import { ChevronRight, CircleDashed, RefreshCw, ShieldCheck, TriangleAlert } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import type { RulesView } from '#contract/ipc/state.ts';
import { ruleGroups, ruleOf } from '#contract/policy/rules.ts';
import { useText } from '../../app/text.ts';
import { Button } from '../../components/button.tsx';
import { Problem } from '../../components/problem.tsx';
import { Tell } from '../../components/tell.tsx';
import '../../components/facts.css';
import { countCare, needsCare } from './care.ts';
import { RuleItem, ruleId } from './rule-item.tsx';
import { sayDays } from './rule-value.ts';
import { type RulesState, useRules } from './use-rules.ts';
import './rules.css';

/** Every rule that applies to this laptop, with how all of them stand first. */
export function RulesList() {
  const { text } = useText();
  const rules = useRules();
  const { view, failure, read } = rules;
  if (view === null) {
    return (
      <>
        <Problem failure={failure} />
        {failure === null ? (
          <p className="rules__lead" role="status">
            {text('rules.loading')}
          </p>
        ) : (
          <div className="page__actions rules__actions">
            <Button onPress={read}>{text('rules.again')}</Button>
          </div>
        )}
      </>
    );
  }
  return (
    <>
      <Summary view={view} rules={rules} />
      {view.rules.length === 0 ? <p>{text('rules.empty')}</p> : <Groups view={view} />}
      <Technical view={view} />
    </>
  );
}

function Summary({ view, rules }: Readonly<{ view: RulesView; rules: RulesState }>) {
  const { text, moment } = useText();
  const count = countCare(view);
  const [kind, Sign] =
    count > 0
      ? (['care', TriangleAlert] as const)
      : view.posture === null
        ? (['unseen', CircleDashed] as const)
        : (['kept', ShieldCheck] as const);
  const words = {
    care: text('rules.care', { count }),
    unseen: text('rules.notYet'),
    kept: text('rules.allKept'),
  };
  return (
    <section className="rules__summary">
      <p className={`rules__lead rules__lead--${kind}`} role="status">
        <Sign size={28} aria-hidden="true" />
        {rules.checking ? text('rules.checking') : words[kind]}
      </p>
      <Jumps view={view} />
      <dl className="facts rules__facts">
        <div>
          <dt>{text('rules.version')}</dt>
          <dd>{view.version}</dd>
        </div>
        <div>
          <dt>{text('rules.received')}</dt>
          <dd>{view.receivedAt === null ? text('rules.notReceived') : moment(view.receivedAt)}</dd>
        </div>
        <div>
          <dt>{text('rules.baseline')}</dt>
          <dd>{text(`rules.baseline.${view.baseline}`)}</dd>
        </div>
      </dl>
      <Problem failure={view.baseline === 'rejected' ? { reason: 'baselineRejected', details: {} } : null} />
      <Problem failure={rules.failure} />
      <div className="page__actions rules__actions">
        <Button
          icon={<RefreshCw size={20} aria-hidden="true" className={rules.checking ? 'rules__turning' : undefined} />}
          isDisabled={rules.checking}
          onPress={rules.check}
        >
          {text(view.posture === null ? 'rules.checkFirst' : 'rules.check')}
        </Button>
      </div>
    </section>
  );
}

/** The rules that need care, and the way to each. */
function Jumps({ view }: Readonly<{ view: RulesView }>) {
  const { language } = useText();
  const rules = view.rules.filter(needsCare);
  if (rules.length === 0) return null;
  return (
    <ul className="rules__jumps">
      {rules.map(({ name }) => (
        <li key={name}>
          <AriaButton
            className="tell__button"
            onPress={() => {
              const title = document.getElementById(ruleId(name));
              title?.focus({ preventScroll: true });
              title?.closest('.rule')?.scrollIntoView({ block: 'center' });
            }}
          >
            <ChevronRight size={20} aria-hidden="true" />
            {ruleOf(name).title[language]}
          </AriaButton>
        </li>
      ))}
    </ul>
  );
}

function Groups({ view }: Readonly<{ view: RulesView }>) {
  const { text } = useText();
  const verdicts = view.posture?.verdicts ?? [];
  return ruleGroups.map((group) => {
    const rules = view.rules.filter(({ name }) => ruleOf(name).group === group);
    if (rules.length === 0) return null;
    return (
      <section key={group} className="rules__group">
        <h2 className="rules__heading">{text(`ruleGroup.${group}`)}</h2>
        <ul>
          {rules.map((rule) => (
            <RuleItem key={rule.name} rule={rule} verdict={verdicts.find(({ item }) => item === rule.name)} />
          ))}
        </ul>
      </section>
    );
  });
}

/** What only the helpdesk needs: the rules' own names and origins, and what was found where. */
function Technical({ view }: Readonly<{ view: RulesView }>) {
  const { text, language } = useText();
  const facts = view.posture?.report.facts ?? [];
  return (
    <Tell title={text('laptop.technical')}>
      <dl className="facts">
        {view.rules.map(({ name, origin, failure }) => {
          const fact = facts.find(({ item }) => item === name);
          const age = fact?.ageDays;
          const parts = [
            origin,
            fact?.detail,
            age === undefined ? undefined : `${text('rule.age')}: ${sayDays(Math.floor(age), { text, language })}`,
            failure?.reason,
          ];
          return (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{parts.filter((part) => part !== undefined).join(' · ')}</dd>
            </div>
          );
        })}
      </dl>
    </Tell>
  );
}
