import type { ScreenFigures } from '#contract/ipc/state.ts';
import type { Damage } from '../core/damage.ts';
import type { Picture } from '../core/picture.ts';
import { protocolProblem, ScreenEnd } from '../core/screen-end.ts';
import type { DeskClient, DeskEffects, DeskMonitor, Sound } from '../desk-client.ts';
import { AudioOutput } from './audio/audio-output.ts';
import type { VideoPorts } from './avc/h264.ts';
import { ClassicGraphics } from './bitmap/classic.ts';
import { DisplayControl } from './channels/display-control.ts';
import type { RdpCodec } from './codec.ts';
import { type ActiveDesk, RdpConnection } from './connection/rdp-connection.ts';
import { Decoders } from './decoders.ts';
import { type ChannelHandler, Drdynvc } from './egfx/drdynvc.ts';
import { Gfx } from './egfx/rdpgfx.ts';
import { RdpInput } from './input/rdp-input.ts';
import type { Pixels } from './memory.ts';

export type RdpClientOptions = Readonly<{
  selectedProtocol: number;
  graphicsPipeline: boolean;
  /** Whether the desk's sound is asked for. Default: no. */
  audio?: boolean;
  /** The browser's H.264 decoder; null where it has none. */
  video: VideoPorts | null;
  /** Of the desk; undefined: the first `requestSize` says it, and opens the connection. */
  size: Readonly<{ width: number; height: number }> | undefined;
}>;

/** Names of channels. Clipboard, drives, printers, smart cards, USB, cameras and microphones have none here, on purpose. */
const graphicsChannel = 'Microsoft::Windows::RDS::Graphics';
const displayChannel = 'Microsoft::Windows::RDS::DisplayControl';
/** Asked for and accepted only where the desk's sound may be heard. */
const soundChannel = { static: 'rdpsnd', dynamic: 'AUDIO_PLAYBACK_DVC' } as const;

/**
 * The RDP client from MCS Connect Initial on (main has done what comes before): joins connection, graphics and input.
 * INVARIANT: nothing is allocated for classic graphics while a decoder of the pipeline writes behind a promise.
 */
export class RdpClient implements DeskClient {
  readonly #options: RdpClientOptions;
  readonly #codec: RdpCodec;
  readonly #effects: DeskEffects;
  readonly #decoders: Decoders;
  readonly #gfx: Gfx;
  readonly #classic: ClassicGraphics;
  readonly #channels: Drdynvc;
  readonly #display = new DisplayControl();
  readonly #input = new RdpInput();
  readonly #sound: AudioOutput | undefined;
  #connection: RdpConnection | undefined;
  #desk: ActiveDesk | undefined;
  #sendGraphics: (message: Uint8Array) => void = () => {};
  #framebuffer: Pixels | undefined;
  #width = 0;
  #height = 0;
  #visible = true;
  #ended = false;
  /** Bytes pushed that no credit has been given for. */
  #owed = 0;

  constructor(codec: RdpCodec, options: RdpClientOptions, effects: DeskEffects) {
    this.#codec = codec;
    this.#options = options;
    this.#effects = effects;
    this.#decoders = new Decoders(codec, options.video, () => this.#end(protocolProblem('H.264 stream lost')));
    this.#gfx = new Gfx(
      codec,
      this.#decoders.pipeline,
      {
        send: (message) => this.#sendGraphics(message),
        resized: (width, height) => this.#resized(width, height),
        frame: (damage, framebuffer) => this.#frame(damage, framebuffer),
        consumed: () => this.#credit(),
        failed: (error) => this.#end(error),
      },
      { capabilities: { avc420: options.video !== null, avc444: options.video !== null } },
    );
    this.#classic = new ClassicGraphics(codec, this.#decoders.classic, {
      frame: (damage, framebuffer) => this.#frame(damage, framebuffer),
      acknowledge: (frame) => this.#connection?.acknowledgeFrame(frame),
      cursor: (shape) => effects.cursor(shape),
    });
    const play = (sound: Sound) => effects.sound?.(sound);
    this.#channels = new Drdynvc(
      new Map<string, ChannelHandler>([
        [
          graphicsChannel,
          {
            opened: (send) => {
              this.#sendGraphics = send;
              this.#gfx.open();
            },
            message: (bytes) => this.#gfx.push(bytes),
            closed: () => this.#gfx.reset(),
          },
        ],
        [displayChannel, this.#display],
        ...(options.audio ? [[soundChannel.dynamic, new AudioOutput(play)] as const] : []),
      ]),
      (pdu) => this.#connection?.sendChannel('drdynvc', pdu),
    );
    if (options.audio) {
      this.#sound = new AudioOutput(play);
      this.#sound.opened((message) => this.#connection?.sendChannel(soundChannel.static, message));
    }
    if (options.size !== undefined) this.#open(options.size.width, options.size.height, 100);
  }

  get picture(): Picture | undefined {
    const framebuffer = this.#framebuffer;
    if (framebuffer === undefined) return undefined;
    const { at, width, height } = framebuffer;
    const { buffer } = this.#codec.memory.bytes;
    return { width, height, pixels: new Uint8ClampedArray(buffer, at, width * height * 4) };
  }

  repeatSize(): void {
    if (!this.#ended) this.#try(() => this.#display.repeat());
  }

  get resizes(): boolean {
    return this.#display.open;
  }

  get figures(): Pick<ScreenFigures, 'rdp'> {
    const { confirmed } = this.#gfx;
    return {
      rdp: {
        version: this.#connection?.version ?? 0,
        channels: this.#channels.version ?? null,
        pipeline: confirmed?.version ?? null,
        codecs: this.#decoders.tally.read(),
        resize: this.#display.open,
      },
    };
  }

  push(chunk: Uint8Array): void {
    if (this.#ended) return;
    this.#owed += chunk.length;
    this.#try(() => {
      if (this.#connection === undefined) throw protocolProblem('bytes before the connection');
      this.#connection.push(chunk);
    });
    this.#credit();
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#display.closed();
    this.#gfx.close();
    this.#decoders.close();
  }

  key(down: boolean, keysym: number, scancode: number): void {
    this.#input.key(down, keysym, scancode);
    this.#flush();
  }

  pointer(x: number, y: number, buttons: number): void {
    const inside = (value: number, size: number) => Math.min(size - 1, Math.max(0, Math.round(value)));
    this.#input.pointer(inside(x, this.#width), inside(y, this.#height), buttons);
    this.#flush();
  }

  setLocks(bits: number): void {
    this.#input.locks(bits);
    this.#flush();
  }

  requestSize(width: number, height: number, scalePercent: number, monitors: readonly DeskMonitor[] = []): void {
    if (this.#ended) return;
    if (this.#connection === undefined) this.#open(width, height, scalePercent);
    else this.#try(() => this.#display.requestSize(width, height, scalePercent, monitors));
  }

  setVisible(visible: boolean): void {
    if (this.#visible === visible) return;
    this.#visible = visible;
    this.#tellVisible();
  }

  #open(width: number, height: number, scalePercent: number): void {
    if (this.#ended) return;
    const { selectedProtocol, graphicsPipeline } = this.#options;
    this.#connection = new RdpConnection(
      {
        width: sideOf(width) & ~1,
        height: sideOf(height),
        scalePercent,
        selectedProtocol,
        graphicsPipeline,
        channels: this.#sound === undefined ? ['drdynvc'] : ['drdynvc', soundChannel.static],
        clientName: 'hanare',
      },
      {
        send: (bytes) => this.#effects.send(bytes),
        clientInfo: (user, io) => this.#effects.clientInfo(user, io),
        activated: (desk) => this.#activated(desk),
        deactivated: () => {
          this.#desk = undefined;
          this.#input.deactivated();
        },
        update: (code, bytes) => this.#update(code, bytes),
        channel: (name, bytes) => {
          if (name === soundChannel.static) this.#sound?.message(bytes);
          else this.#channels.push(bytes);
        },
        // The laptop's lock keys rule. Told to the page, the desk's would be brought into line a second way.
        locks: (bits) => this.#input.deskLocks(bits),
      },
    );
    this.#display.has(width, height, scalePercent);
    this.#try(() => this.#connection?.start());
  }

  #activated(desk: ActiveDesk): void {
    const first = this.#width === 0;
    this.#desk = desk;
    this.#input.activated(desk);
    this.#display.begun(desk.width, desk.height);
    if (first) {
      this.#width = desk.width;
      this.#height = desk.height;
      this.#effects.opened('', desk.width, desk.height);
    } else if (this.#gfx.confirmed === undefined) this.#resized(desk.width, desk.height);
    // The pipeline outlives a share, and its last frame with it.
    this.#framebuffer = this.#gfx.confirmed === undefined ? undefined : this.#gfx.framebuffer;
    this.#classic.reset(desk.codecs.remotefx);
    if (!this.#visible) this.#tellVisible();
    this.#flush();
  }

  #update(code: number, bytes: Uint8Array): void {
    const desk = this.#desk;
    if (isPicture(code)) {
      // A late word from before the pipeline, which has drawn over it: its picture is the one to be shown.
      if (desk === undefined || this.#gfx.blocked || this.#gfx.framebuffer !== undefined) return;
      // Not before it is needed: with the pipeline it never is.
      if (this.#classic.framebuffer === undefined) {
        this.#framebuffer = this.#classic.resize(desk.width, desk.height);
      }
    }
    // The pointer's shapes come this way with the pipeline too, and take none of the decoders' memory.
    this.#classic.update(code, bytes);
  }

  #resized(width: number, height: number): void {
    this.#display.begun(width, height);
    if (width === this.#width && height === this.#height) return;
    this.#width = width;
    this.#height = height;
    this.#framebuffer = undefined;
    this.#effects.resized(width, height);
  }

  #frame(damage: Damage, framebuffer: Pixels): void {
    this.#framebuffer = framebuffer;
    this.#effects.frame(damage);
  }

  #tellVisible(): void {
    if (this.#desk === undefined || this.#ended) return;
    this.#connection?.suppressOutput(!this.#visible);
    if (this.#visible) this.#connection?.refresh();
  }

  #flush(): void {
    if (this.#desk === undefined || this.#ended) return;
    const batch = this.#input.take();
    if (batch !== undefined) this.#connection?.input(batch.events, batch.count);
  }

  /** What waits behind a decoder is not consumed yet, so a desk that sends faster than we decode is held back. */
  #credit(): void {
    const done = this.#owed - this.#gfx.held;
    if (done <= 0 || this.#ended) return;
    this.#owed -= done;
    this.#effects.consumed(done);
  }

  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error: unknown): void {
    if (this.#ended) return;
    this.close();
    this.#effects.ended(error instanceof ScreenEnd ? error : protocolProblem('decoder fault', { cause: error }));
  }
}

/** Bitmap updates and surface commands (MS-RDPBCGR 2.2.9.1.2.1). */
function isPicture(code: number): boolean {
  return code === 1 || code === 4;
}

/** What a desk takes as its width or height (MS-RDPEDISP 2.2.2.2.1). */
function sideOf(value: number): number {
  return Math.min(8192, Math.max(200, Math.floor(value)));
}
