import { act, fireEvent, render, screen } from '@testing-library/react';
import { expect, vi } from 'vitest';
import type { DeviceStatus, EnrolStep, RulesView, SessionState } from '#contract/ipc/state.ts';
import { App } from '#renderer/app/app.tsx';
import { createFakeBridge, type FakeBridgeOptions } from '#test/fakes/fake-bridge.ts';

/** The whole window over a fake bridge, once its first screen is there. */
export async function openApp(options: FakeBridgeOptions = {}, prepare?: (fake: FakeBridge) => void) {
  const fake = createFakeBridge(options);
  prepare?.(fake);
  const view = render(<App bridge={fake.bridge} />);
  await vi.waitFor(() => expect(document.querySelector('[data-screen], .bar')).not.toBeNull());
  // The screen is there before React has run its effects, among them the one that follows the session.
  await act(async () => undefined);
  return {
    ...view,
    ...fake,
    change: (next: SessionState) => act(() => fake.change(next)),
    changeDevice: (next: DeviceStatus) => act(() => fake.changeDevice(next)),
    changeRules: (next: RulesView) => act(() => fake.changeRules(next)),
    step: (next: EnrolStep) => act(() => fake.step(next)),
  };
}
type FakeBridge = ReturnType<typeof createFakeBridge>;

export const shown = () => document.querySelector('[data-screen]')?.getAttribute('data-screen');
export const heading = () => screen.getByRole('heading', { level: 1 }).textContent;
export const press = (name: string | RegExp) => act(async () => screen.getByRole('button', { name }).click());
export const key = (name: string, target: Element = document.body, more: KeyboardEventInit = {}) =>
  act(async () => void fireEvent.keyDown(target, { key: name, ...more }));
export const field = (label: string) => screen.getByLabelText(label, { selector: 'input' }) as HTMLInputElement;
/** What Enter in a field does; happy-dom does not do it by itself. */
export const enter = (input: HTMLInputElement) => act(async () => void fireEvent.submit(input.form!));

/** As a person's keys would leave it: the value, and the field's word that it changed. */
export async function type(input: HTMLInputElement, value: string): Promise<void> {
  await act(async () => {
    input.focus();
    input.value = value;
    fireEvent.input(input);
  });
}

/** The words of what is announced now, politely or at once. */
export const announced = () =>
  [...document.querySelectorAll('[role=status], [role=alert]')].map((element) => element.textContent).join('|');

/**
 * Where a secret can still be found: markup and attributes, what the fields hold, and the props and states that React
 * keeps of every component, the ones before the last change included.
 */
export function traces(secret: string): readonly string[] {
  const found: string[] = [];
  if (document.documentElement.outerHTML.includes(secret)) found.push('markup');
  if ([...document.querySelectorAll('input')].some((input) => input.value.includes(secret))) found.push('field');
  const seen = new Set<unknown>();
  const look = (value: unknown, where: string): void => {
    if (typeof value === 'string' && value.includes(secret)) found.push(where);
    if (typeof value !== 'object' || value === null || value instanceof Node || seen.has(value)) return;
    seen.add(value);
    for (const [name, inner] of Object.entries(value)) {
      if (name !== 'return' && name !== '_owner' && name !== 'stateNode') look(inner, `${where}.${name}`);
    }
  };
  for (const element of document.querySelectorAll('*')) {
    for (const name of Object.keys(element)) {
      if (!name.startsWith('__react')) continue;
      look((element as unknown as Record<string, unknown>)[name], name);
    }
  }
  return found;
}

/** Buttons and fields that a screen reader could not name. */
export function nameless(): readonly string[] {
  const named = (element: Element) => {
    const labels = (element as HTMLInputElement).labels;
    const text = element.getAttribute('aria-label') ?? element.textContent ?? '';
    return text.trim() !== '' || (labels != null && [...labels].some((label) => label.textContent?.trim()));
  };
  return [...document.querySelectorAll('button, input')]
    .filter((element) => !element.closest('[aria-hidden=true], [inert]') && !named(element))
    .map((element) => element.outerHTML);
}
