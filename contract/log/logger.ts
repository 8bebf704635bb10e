/**
 * One line of JSON per event: fixed sentence in `message`, values in fields, an error always in `error`. Redaction sits
 * here, before the sink, so that no caller can forget it. Secrets and screen contents must not be handed in at all;
 * this is the second line of defence.
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;
export type Logger = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>> & {
  readonly with: (context: string, fields?: LogFields) => Logger;
};

const order: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const secretKey = /pass|secret|token|authorization|private|otp|^pin$|nonce|challenge|response|keystroke|cookie/i;
const secretValue = /-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[\w-]+\.[\w-]+\.[\w-]*/;

/** @param sink receives one line without its newline. @param now milliseconds since 1970. */
export function createLogger(options: {
  sink: (line: string) => void;
  now: () => number;
  level?: LogLevel;
  context: string;
  fields?: LogFields;
}): Logger {
  const least = order[options.level ?? 'info'];
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (order[level] < least) return;
      const { error, ...rest } = { ...options.fields, ...fields };
      const head = { time: new Date(options.now()).toISOString(), level, context: options.context, message };
      options.sink(lineOf(head, rest, error));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (context, fields) =>
      createLogger({ ...options, context: `${options.context}.${context}`, fields: { ...options.fields, ...fields } }),
  };
}

function lineOf(head: LogFields, fields: LogFields, error: unknown): string {
  try {
    const tail = error === undefined ? {} : { error: describeError(error) };
    // `head` comes again, so that a field of the same name cannot pass for it.
    return JSON.stringify({ ...head, ...(redact(fields) as LogFields), ...tail, ...head });
  } catch {
    // A value that cannot be read (a getter that throws) must not turn a log line into a fault of its own.
    return JSON.stringify({ ...head, unreadable: true });
  }
}

/** Beyond this many levels nothing is looked at: it also ends cycles. */
const maxDepth = 5;

function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return secretValue.test(value) ? '[redacted]' : value;
  if (typeof value === 'bigint') return `${value}`;
  // A function that stayed could be a toJSON, which JSON.stringify would call after the redaction.
  if (typeof value === 'function') return '[function]';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '[deep]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[no date]' : value.toISOString();
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, secretKey.test(key) ? '[redacted]' : redact(item, depth + 1)]),
  );
}

function describeError(error: unknown, depth = 0): unknown {
  if (depth >= maxDepth) return '[deep]';
  if (!(error instanceof Error)) return redact(typeof error === 'object' ? error : String(error));
  const { code, details, reason } = error as { code?: unknown; details?: unknown; reason?: unknown };
  return redact({
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause, depth + 1) }),
    ...(reason === undefined && error.stack ? { stack: error.stack } : {}),
  });
}
