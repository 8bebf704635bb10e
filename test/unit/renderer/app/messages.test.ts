import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
