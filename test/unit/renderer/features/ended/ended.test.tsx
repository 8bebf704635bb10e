// @vitest-environment happy-dom
import { render } from '@testing-library/react';
import { IntlProvider } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { catalogue, errorNames } from '#contract/errors/catalogue.ts';
import { messages } from '#renderer/app/text.ts';
import { EndedScreen } from '#renderer/features/ended/ended.tsx';
import { fakeDevice } from '#test/fakes/fake-bridge.ts';
import { emptyPageEachTime } from '../../page.ts';

emptyPageEachTime();

const nothing = () => undefined;
const cases = errorNames.flatMap((reason) => (['ja', 'en'] as const).map((language) => [reason, language] as const));

describe('the ended screen', () => {
  it.each(cases)('tells %s whole in %s', (reason, language) => {
    render(
      <IntlProvider locale={language} messages={messages[language]}>
        <EndedScreen
          ended={{ failure: { reason, details: {} }, stage: 'gateway', deskName: 'PC-1', seenAt: 0, receipt: null }}
          device={fakeDevice}
          version="0.1.0"
          standIn={false}
          footer={null}
          busy={false}
          onRetry={nothing}
          onBack={nothing}
        />
      </IntlProvider>,
    );
    const entry = catalogue[reason];
    const page = document.body.textContent ?? '';
    expect(document.querySelector('h1')?.textContent).toBe(entry.title[language].replace(/\{\w+\}/g, '–'));
    expect(page).toContain([...entry.code].join(' '));
    expect(page).toContain(entry.user[language].replace(/\{\w+\}/g, '–'));
    expect(page).not.toMatch(/[{}]|undefined|null|NaN/);
    const primary = document.querySelectorAll('.button--primary');
    expect(primary).toHaveLength(1);
    expect(primary[0]?.textContent).toBe(messages[language][entry.retry ? 'ended.retry' : 'ended.back']);
  });
});
