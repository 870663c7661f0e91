/** The first `length` UTF-16 units of a text, one fewer where that would part a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const parted =
    /[\ud800-\udbff]/.test(text.charAt(length - 1)) && /[\udc00-\udfff]/.test(text.charAt(length));
  return text.slice(0, parted ? length - 1 : length);
}
