import type { Bridge } from '#contract/ipc/bridge.ts';
import { call, listen } from './call.ts';

export const session: Bridge['session'] = {
  state: () => call('session.state'),
  connect: (desk) => call('session.connect', desk),
  disconnect: () => call('session.disconnect'),
  answerOtp: (answer) => call('session.answerOtp', answer),
  extend: (pin, otp) => call('session.extend', pin, otp),
  login: (login) => call('session.login', login),
  answerDesk: (challenge, password) => call('session.answerDesk', challenge, password),
  report: (report) => call('session.report', report),
  onChange: (listener) => listen('session.changed', listener),
};
