import type { ScreenCommand, ScreenEvent, ScreenReady, ScreenStart } from './api.ts';
import { Speaker } from './speaker.ts';
import { Surface } from './surface.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/**
 * The screen's page: hands the ports on to where they belong, turns DOM input into messages for the worker and places
 * the canvas. It sees no byte of the desk but its pointer shapes.
 */
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
/** The worker may fail before anybody has asked it for something. */
let crashed = false;
let onCrash = (): void => {};
worker.onerror = (event) => {
  event.preventDefault();
  crashed = true;
  onCrash();
};
const tell = (message: ToWorker, transfer: Transferable[] = []): void => worker.postMessage(message, transfer);

function start({ options }: ScreenStart, control: MessagePort, bytes: MessagePort): void {
  const emit = (event: ScreenEvent): void => control.postMessage(event);
  const canvas = document.querySelector('canvas');
  if (canvas === null) throw new Error('the page has no canvas');
  const offscreen = canvas.transferControlToOffscreen();
  const surface = new Surface(canvas, options, {
    tell,
    leave: () => emit({ type: 'leave' }),
    hide: () => emit({ type: 'hide' }),
  });
  const speaker = new Speaker();
  let closed = false;
  const close = (event: Extract<ScreenEvent, { type: 'closed' }>): void => {
    if (closed) return;
    closed = true;
    surface.close();
    speaker.close();
    emit(event);
    worker.terminate();
  };

  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    switch (data.type) {
      case 'cursor':
        surface.setCursor(data.shape);
        break;
      case 'sound':
        speaker.play(data.sound);
        break;
      case 'locks':
        surface.setDeskLights(data.bits);
        break;
      case 'closed':
        close(data);
        break;
      case 'reconnect':
        // What is held down is held for a desk that is gone.
        surface.releaseAll();
        emit(data);
        break;
      case 'opened':
      case 'resized':
        surface.setDesk(data.width, data.height);
        emit(data);
        break;
      default:
        emit(data);
        break;
    }
  };
  onCrash = () => close({ type: 'closed', failure: { reason: 'screenCrashed', details: {} } });
  control.onmessage = ({ data, ports }: MessageEvent<ScreenCommand>) => {
    switch (data.type) {
      case 'reconnect': {
        const [next] = ports;
        if (next === undefined) break;
        tell({ type: 'reconnect', options: { ...options, rdp: data.rdp }, bytes: next }, [next]);
        break;
      }
      case 'scale':
        surface.setScale(data.mode);
        break;
      case 'chord':
        surface.chord(data.chord);
        break;
      case 'focus':
        surface.focus();
        break;
      case 'cover':
        surface.cover(data.on);
        break;
      case 'sound':
        speaker.setOn(data.on);
        break;
      case 'monitors':
        surface.setMonitors(data.monitors);
        break;
      case 'close':
        surface.releaseAll();
        tell(data);
        break;
      default:
        tell(data);
        break;
    }
  };
  tell({ type: 'start', options, canvas: offscreen, bytes }, [offscreen, bytes]);
  surface.open();
  if (crashed) onCrash();
}

function onStart(event: MessageEvent<ScreenStart>): void {
  const [control, bytes] = event.ports;
  if (event.source !== window.parent || event.data?.hanare !== 'screen.start') return;
  if (control === undefined || bytes === undefined) return;
  window.removeEventListener('message', onStart);
  start(event.data, control, bytes);
}

window.addEventListener('message', onStart);
// Holds no secret, so it may go to whoever embeds the page.
window.parent.postMessage({ hanare: 'screen.ready' } satisfies ScreenReady, '*');
