// @vitest-environment happy-dom
import { act, fireEvent, render, screen } from '@testing-library/react';
import { IntlProvider } from 'react-intl';
import { describe, expect, it, vi } from 'vitest';
import { messages } from '#renderer/app/text.ts';
import { PasswordDialog } from '#renderer/features/desk/password-dialog.tsx';
import { emptyPageEachTime } from '../../page.ts';

emptyPageEachTime();

const secret = 'Himitsu-1234';

function open() {
  let answered: () => void = () => undefined;
  const onAnswer = vi.fn(
    (_: string) =>
      new Promise<void>((resolve) => {
        answered = resolve;
      }),
  );
  const onCancel = vi.fn();
  const dialog = (
    <IntlProvider locale="ja" messages={messages.ja}>
      <PasswordDialog deskName="総務課 0123" onAnswer={onAnswer} onCancel={onCancel} />
    </IntlProvider>
  );
  const view = render(dialog);
  const field = screen.getByLabelText('パスワード') as HTMLInputElement;
  const submit = () => act(async () => void fireEvent.submit(field.form!));
  return { ...view, dialog, onAnswer, onCancel, field, submit, answered: () => act(async () => answered()) };
}

/** Everything that a look at the page could find: markup, attributes and what the fields hold. */
const traces = () =>
  document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((input) => input.value).join();

describe('the password dialog', () => {
  it('asks for the desk’s password, in a field that nothing fills or keeps', () => {
    const { field } = open();
    expect(screen.getByRole('dialog', { name: '庁内パソコンのパスワード' }).textContent).toContain('総務課 0123');
    expect(field.type).toBe('password');
    expect(field.autocomplete).toBe('off');
    expect(field.name).toBe('');
    expect(document.activeElement).toBe(field);
  });

  it('sends the password once and leaves none of it in the page', async () => {
    const { field, submit, onAnswer, answered, rerender, dialog } = open();
    field.value = secret;
    fireEvent.input(field);
    rerender(dialog);
    expect(document.documentElement.outerHTML).not.toContain(secret);
    await submit();
    expect(onAnswer.mock.calls).toEqual([[secret]]);
    expect(traces()).not.toContain(secret);
    await submit();
    await answered();
    expect(onAnswer).toHaveBeenCalledOnce();
    expect(traces()).not.toContain(secret);
  });

  it('shows the characters when asked, and hides them again when they are sent', async () => {
    const { field, submit } = open();
    field.value = secret;
    await act(async () => screen.getByRole('checkbox', { name: '文字を表示する' }).click());
    expect(field.type).toBe('text');
    expect(field.value).toBe(secret);
    expect(document.documentElement.outerHTML).not.toContain(secret);
    await submit();
    expect(field.type).toBe('password');
  });

  it('sends nothing while the field is empty', async () => {
    const { submit, onAnswer } = open();
    await submit();
    expect(onAnswer).not.toHaveBeenCalled();
  });

  it('is cancelled by its button and by Escape', async () => {
    const { onCancel, field } = open();
    await act(async () => screen.getByRole('button', { name: '中止' }).click());
    expect(onCancel).toHaveBeenCalledTimes(1);
    await act(async () => void fireEvent.keyDown(field, { key: 'Escape' }));
    expect(onCancel).toHaveBeenCalledTimes(2);
  });
});
