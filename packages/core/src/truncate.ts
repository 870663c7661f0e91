/** The first `length` UTF-16 units of a text, one fewer to keep a surrogate pair whole. */
export function truncate(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const splitsSurrogatePair =
    /[\ud800-\udbff]/.test(text.charAt(maxLength - 1)) && /[\udc00-\udfff]/.test(text.charAt(maxLength));
  return text.slice(0, splitsSurrogatePair ? maxLength - 1 : maxLength);
}
