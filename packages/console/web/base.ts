/** The mount path as the browser sees it, derived from the URL of this script. */
export const basePath: string = new URL(/* @vite-ignore */ "..", import.meta.url).pathname;
