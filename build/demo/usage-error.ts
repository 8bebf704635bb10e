/** Thrown for words on the command line that make no sense; the message is for the person who typed them. */
export class UsageError extends Error {}
