import * as v from 'valibot';

/** PowerShell writes a list of one as its element, and some lists as `{value, Count}`. @param most longer ones are refused. */
export const listOf = <T extends v.GenericSchema>(item: T, most: number) =>
  v.pipe(
    v.unknown(),
    v.transform((value) => {
      if (Array.isArray(value)) return value;
      const wrapped = typeof value === 'object' && value !== null && 'value' in value && 'Count' in value;
      return wrapped ? value.value : [value];
    }),
    v.pipe(v.array(item), v.maxLength(most)),
  );
