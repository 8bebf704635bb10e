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
      options.sink(
        JSON.stringify({
          time: new Date(options.now()).toISOString(),
          level,
          context: options.context,
          message,
          ...(redact(rest) as LogFields),
          ...(error === undefined ? {} : { error: describeError(error) }),
        }),
      );
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

function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return secretValue.test(value) ? '[redacted]' : value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 4) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, secretKey.test(key) ? '[redacted]' : redact(item, depth + 1)]),
  );
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return redact(String(error));
  const { code, details, reason } = error as { code?: unknown; details?: unknown; reason?: unknown };
  return redact({
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
    ...(reason === undefined && error.stack ? { stack: error.stack } : {}),
  });
}
