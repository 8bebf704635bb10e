import { contextBridge } from 'electron';
import type { Bridge } from '#contract/ipc/bridge.ts';
import { app } from './app.ts';
import { device } from './device.ts';
import { enrol } from './enrol.ts';
import { rules } from './rules.ts';
import { relayScreenPort } from './screen.ts';
import { session } from './session.ts';
import { window as windowDomain } from './window.ts';

const bridge: Bridge = { ...app, device, enrol, rules, session, window: windowDomain };
contextBridge.exposeInMainWorld('hanare', bridge);
relayScreenPort();
