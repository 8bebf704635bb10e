const longest = 60;
/** More is not looked at. */
const most = 400;

/**
 * A name as it may be shown. A device can call itself anything: line breaks, escape sequences, marks that turn the
 * direction of writing, thousands of letters.
 * @param parts vendor and product, as far as they are known. @param otherwise for what has no name
 * @returns 1 to 60 UTF-16 units, no control or format characters (Unicode categories C and Z but for the space)
 */
export function shownName(parts: readonly (string | null | undefined)[], otherwise: string): string {
  const [vendor = '', product = ''] = parts.map((part) => clean(part ?? ''));
  // Many products repeat their maker.
  const both = product.toLowerCase().startsWith(vendor.toLowerCase()) ? product : `${vendor} ${product}`.trim();
  return cut(both) || cut(clean(otherwise)) || '?';
}

function clean(text: string): string {
  return text
    .slice(0, most)
    .toWellFormed()
    .replace(/[\p{C}\p{Z}\uFFFD]+/gu, ' ')
    .trim();
}

/** Never between the halves of a surrogate pair. */
function cut(text: string): string {
  if (text.length <= longest) return text;
  const end = text.codePointAt(longest - 1)! > 0xffff ? longest - 1 : longest;
  return text.slice(0, end).trim();
}
